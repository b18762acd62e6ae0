using System.Text;
using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>Reads the catalogue from the setting <c>MODELS</c>, a JSON array or <c>@file</c>.</summary>
internal static class ModelCatalogReader
{
    private const int MaximumNameLength = 128;
    private const int DefaultColdSeconds = 480;
    private const string Smallest = """[{"name":"r1","endpoint":"my-endpoint"}]""";

    private static readonly string[] Transports = ["event-stream", "openai"];
    // Set for each request.
    private static readonly string[] ReservedMembers = ["model", "messages", "stream", "stream_options", "reasoning_output"];
    private static readonly string[] TargetFields = ["endpoint", "inferenceComponent", "variant", "region", "roleArn"];
    private static readonly string[] Inputs = ["text", "image"];
    private static readonly string[] Framings = ["auto", "sse", "json-lines", "json"];
    private static readonly string[] Finishes = ["reason", "done"];
    private static readonly string[] Tasks = ["chat", "completions", "embeddings", "rerank", "score"];

    public static void AddModels(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(Read(configuration));

    /// <exception cref="ConfigurationException">There is no model, or an entry is invalid.</exception>
    public static ModelCatalog Read(IConfiguration configuration)
    {
        var json = configuration.GetText("MODELS");
        if (string.IsNullOrWhiteSpace(json))
        {
            throw new ConfigurationException($"No model is configured. Set MODELS to a JSON array like {Smallest}.");
        }

        var defaultRegion = ReadRegion(configuration, "AWS_REGION") ?? ReadRegion(configuration, "AWS_DEFAULT_REGION");
        try
        {
            return ModelEntryReader.ReadArray(Encoding.UTF8.GetBytes(json), "MODELS entry") is { Count: > 0 } entries
                ? new ModelCatalog([.. entries.Select(entry => ReadModel(entry, defaultRegion))])
                : throw new ConfigurationException($"MODELS must be a JSON array of objects like {Smallest}.");
        }
        // The latter for half of a surrogate pair.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ConfigurationException($"MODELS is not valid JSON. It must be an array like {Smallest}.");
        }
    }

    private static string? ReadRegion(IConfiguration configuration, string name)
    {
        var region = configuration[name];
        return string.IsNullOrEmpty(region) ? null
            : AwsNames.IsResourceName(region) ? region
            : throw new ConfigurationException($"{name} {AwsNames.ResourceNameExpectation}.");
    }

    private static Model ReadModel(ModelEntryReader entry, string? defaultRegion)
    {
        var model = new Model(
            entry.Required("name", entry.Text("name", MaximumNameLength)),
            ReadTargets(entry, defaultRegion),
            entry.Text("servedName", maximumLength: 256) ?? "")
        {
            Aliases = entry.Texts("aliases", MaximumNameLength),
            IsDefault = entry.Flag("default", fallback: false),
            Tasks = ReadTasks(entry),
            Images = ReadChoices(entry, "input", Inputs).Contains(1),
            Transport = (Transport)(entry.Choice("transport", Transports) ?? 0),
            Framing = (RecordFraming)(entry.Choice("framing", Framings) ?? 0),
            Gather = entry.Flag("gather", fallback: true),
            IsDoneEnough = entry.Choice("finish", Finishes) == 1,
            Usage = entry.Flag("usage", fallback: false),
            Reasoning = (ReasoningOutput?)entry.Choice("reasoning", ReasoningNames.Outputs),
            Think = (ThinkMode)(entry.Choice("think", ReasoningNames.Modes) ?? 0),
            History = (ReasoningHistory)(entry.Choice("history", ReasoningNames.Histories) ?? 0),
            StripQuotes = entry.Flag("stripQuotes", fallback: false),
            DeveloperRole = entry.Flag("developerRole", fallback: false),
            MaxTokens = entry.Number("maxTokens", maximum: 10_000_000),
            MaxChoices = entry.Number("maxChoices", maximum: 128),
            ColdTimeout = TimeSpan.FromSeconds(entry.Number("coldSeconds", maximum: 900, minimum: 0) ?? DefaultColdSeconds),
            TotalTimeout = entry.Seconds("totalSeconds"),
            IdleTimeout = entry.Seconds("idleSeconds"),
            ShowsErrors = entry.Flag("showErrors", fallback: true),
            ContextLength = entry.Number("contextLength", maximum: 100_000_000),
            Prices = ReadPrices(entry),
            ForwardHeaders = [.. entry.Texts("forwardHeaders", 64).Select(name => FindForwarded(entry, name))],
            ForwardTrace = ReadForwardTrace(entry),
            Defaults = ReadDefaults(entry),
        };
        entry.RefuseUnknown();
        return model.Transport == Transport.OpenAI && model.Targets.Any(target => target.Variant is not null)
            ? throw entry.Invalid("variant", "cannot be used with transport openai; use transport event-stream")
            : model;
    }

    // Either one target in the entry's own fields, or a list of them in `targets`.
    private static IReadOnlyList<Target> ReadTargets(ModelEntryReader entry, string? defaultRegion)
    {
        var targets = entry.Entries("targets");
        if (targets.Count == 0)
        {
            return [ReadTarget(entry, defaultRegion)];
        }

        foreach (var field in TargetFields)
        {
            if (entry.Has(field))
            {
                throw entry.Invalid(field, "must be set in each target when targets is used");
            }
        }

        return [.. targets.Select(target =>
        {
            var read = ReadTarget(target, defaultRegion);
            target.RefuseUnknown();
            return read;
        })];
    }

    private static Target ReadTarget(ModelEntryReader entry, string? defaultRegion) => new(
        entry.Required("endpoint", entry.ResourceName("endpoint")),
        entry.ResourceName("inferenceComponent"),
        entry.ResourceName("variant"),
        entry.ResourceName("region") ?? defaultRegion ?? throw entry.Invalid("region", "is required when AWS_REGION is not set"),
        entry.RoleArn("roleArn"));

    private static IReadOnlyList<KeyValuePair<string, byte[]>> ReadDefaults(ModelEntryReader entry)
    {
        var defaults = entry.Members("defaults");
        return defaults.Any(pair => ReservedMembers.Contains(pair.Key))
            ? throw entry.Invalid("defaults", $"must not contain {string.Join(", ", ReservedMembers)}")
            : defaults;
    }

    private static ModelPrices? ReadPrices(ModelEntryReader entry)
    {
        if (entry.Entry("prices") is not { } prices)
        {
            return null;
        }

        var read = new ModelPrices(prices.Price("input"), prices.Price("output"));
        prices.RefuseUnknown();
        return read;
    }

    private static ForwardedHeader FindForwarded(ModelEntryReader entry, string name) =>
        ForwardedHeader.All.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ??
        throw entry.Invalid("forwardHeaders", $"must be some of {string.Join(", ", ForwardedHeader.All.Select(header => header.Name))}");

    private static bool ReadForwardTrace(ModelEntryReader entry)
    {
        if (entry.Entry("customAttributes") is not { } attributes)
        {
            return false;
        }

        var isForwarded = attributes.Flag("trace", fallback: false);
        attributes.RefuseUnknown();
        return isForwarded;
    }

    private static ModelTasks ReadTasks(ModelEntryReader entry)
    {
        var tasks = ModelTasks.None;
        foreach (var index in ReadChoices(entry, "tasks", Tasks))
        {
            tasks |= (ModelTasks)(1 << index);
        }

        return tasks == ModelTasks.None ? ModelTasks.Chat : tasks;
    }

    // The indexes of the names in an array.
    private static List<int> ReadChoices(ModelEntryReader entry, string field, string[] names)
    {
        var indexes = new List<int>();
        foreach (var text in entry.Texts(field, maximumLength: 16))
        {
            var index = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            indexes.Add(index >= 0 ? index : throw entry.Invalid(field, $"must be some of {string.Join(", ", names)}"));
        }

        return indexes;
    }
}
