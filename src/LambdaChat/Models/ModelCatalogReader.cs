using System.Text;
using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>Reads the catalogue from the variable <c>MODELS</c>, a JSON array, or else from the settings' <c>Models</c> section.</summary>
internal static class ModelCatalogReader
{
    private const int MaximumNameLength = 128;
    private const int DefaultColdSeconds = 480;
    private const string Smallest = """[{"name":"r1","endpoint":"my-endpoint"}]""";

    private static readonly string[] Transports = ["event-stream", "openai"];
    private static readonly string[] OwnMembers = ["model", "messages", "stream", "stream_options", "reasoning_output"]; // Each request's own.
    private static readonly string[] TargetFields = ["endpoint", "inferenceComponent", "variant", "region"];
    private static readonly string[] Inputs = ["text", "image"];
    private static readonly string[] Framings = ["auto", "sse", "json-lines", "json"];

    /// <exception cref="ConfigurationException">There is no model, or an entry is wrong.</exception>
    public static ModelCatalog Read(IConfiguration configuration)
    {
        var json = configuration.GetText("MODELS");
        var catalog = string.IsNullOrWhiteSpace(json) ? ConfigurationNode.Of(configuration.GetSection("Models")) : Parse(json);
        var defaultRegion = ReadRegion(configuration, "AWS_REGION") ?? ReadRegion(configuration, "AWS_DEFAULT_REGION");
        var models = new List<Model>();
        foreach (var entry in catalog.Children)
        {
            models.Add(ReadModel(new ModelEntryReader(entry), defaultRegion));
        }

        return models.Count > 0 ? new ModelCatalog(models) : throw new ConfigurationException($"No model is configured: set MODELS, at least to {Smallest}.");
    }

    private static string? ReadRegion(IConfiguration configuration, string name)
    {
        var region = configuration[name];
        return string.IsNullOrEmpty(region) ? null
            : ModelEntryReader.IsResourceName(region) ? region
            : throw new ConfigurationException($"{name} {ModelEntryReader.ResourceNameExpectation}.");
    }

    private static Model ReadModel(ModelEntryReader entry, string? defaultRegion)
    {
        var model = new Model(
            entry.Required("name", entry.Text("name", MaximumNameLength)),
            ReadTargets(entry, defaultRegion),
            entry.Text("servedName", maximumLength: 256) ?? "")
        {
            Aliases = entry.Texts("aliases", MaximumNameLength),
            IsDefault = entry.Flag("default", otherwise: false),
            Tasks = ReadTasks(entry),
            Images = ReadTakesImages(entry),
            Transport = entry.Choice<Transport>("transport", Transports),
            Framing = entry.Choice<RecordFraming>("framing", Framings),
            Gather = entry.Flag("gather", otherwise: true),
            Usage = entry.Flag("usage", otherwise: false),
            Reasoning = entry.OptionalChoice<ReasoningOutput>("reasoning", ReasoningNames.Outputs),
            Think = entry.Choice<ThinkMode>("think", ReasoningNames.Modes),
            History = entry.Choice<ReasoningHistory>("history", ReasoningNames.Histories),
            StripQuotes = entry.Flag("stripQuotes", otherwise: false),
            MaxTokens = entry.Number("maxTokens", maximum: 10_000_000),
            MaxChoices = entry.Number("maxChoices", maximum: 128),
            ColdTimeout = TimeSpan.FromSeconds(entry.Number("coldSeconds", maximum: 900, minimum: 0) ?? DefaultColdSeconds),
            TotalTimeout = entry.Seconds("totalSeconds"),
            IdleTimeout = entry.Seconds("idleSeconds"),
            ShowsErrors = entry.Flag("showErrors", otherwise: true),
            ContextLength = entry.Number("contextLength", maximum: 100_000_000),
            Prices = entry.Entry("prices") is { } prices ? ReadPrices(prices) : null,
            ForwardHeaders = [.. entry.Texts("forwardHeaders", 64).Select(name => FindForwarded(entry, name))],
            ForwardTrace = ReadSendsTrace(entry),
            Defaults = ReadDefaults(entry),
        };
        entry.RefuseUnknown();
        return model.Transport == Transport.OpenAI && model.Targets.Any(target => target.Variant is not null)
            ? throw entry.Wrong("variant", "cannot be chosen on the OpenAI route; use transport event-stream")
            : model;
    }

    // One target by the entry's own fields, or several in a list.
    private static IReadOnlyList<Target> ReadTargets(ModelEntryReader entry, string? defaultRegion)
    {
        var targets = entry.Entries("targets");
        if (targets.Count == 0)
        {
            return [ReadTarget(entry, defaultRegion)];
        }

        foreach (var field in TargetFields)
        {
            if (entry.ResourceName(field) is not null)
            {
                throw entry.Wrong(field, "stands in each of the targets where there are some");
            }
        }

        if (entry.RoleArn("roleArn") is not null)
        {
            throw entry.Wrong("roleArn", "stands in each of the targets where there are some");
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
        entry.ResourceName("region") ?? defaultRegion ?? throw entry.Wrong("region", "is required where AWS_REGION is not set"),
        entry.RoleArn("roleArn"));

    private static IReadOnlyList<KeyValuePair<string, byte[]>> ReadDefaults(ModelEntryReader entry)
    {
        var defaults = entry.Members("defaults");
        return defaults.Any(pair => OwnMembers.Contains(pair.Key))
            ? throw entry.Wrong("defaults", $"must not hold {string.Join(", ", OwnMembers)}")
            : defaults;
    }

    private static ModelPrices ReadPrices(ModelEntryReader entry)
    {
        var prices = new ModelPrices(entry.Price("input"), entry.Price("output"));
        entry.RefuseUnknown();
        return prices;
    }

    private static ForwardedHeader FindForwarded(ModelEntryReader entry, string name) =>
        ForwardedHeader.All.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ??
        throw entry.Wrong("forwardHeaders", $"must be some of {string.Join(", ", ForwardedHeader.All.Select(header => header.Name))}");

    private static bool ReadSendsTrace(ModelEntryReader entry)
    {
        var sends = false;
        foreach (var (name, value) in entry.Members("customAttributes"))
        {
            sends = (name, Encoding.UTF8.GetString(value)) switch
            {
                ("trace", "true") => true,
                ("trace", "false") => false,
                _ => throw entry.Wrong("customAttributes", "must be an object whose one member, trace, is true or false"),
            };
        }

        return sends;
    }

    private static ModelTasks ReadTasks(ModelEntryReader entry)
    {
        var tasks = ModelTasks.None;
        foreach (var name in entry.Texts("tasks", maximumLength: 16))
        {
            tasks |= Enum.TryParse<ModelTasks>(name, ignoreCase: true, out var task) && name.All(char.IsAsciiLetter) && task != ModelTasks.None
                ? task
                : throw entry.Wrong("tasks", "must be some of chat, completions, embeddings, rerank, score");
        }

        return tasks == ModelTasks.None ? ModelTasks.Chat : tasks;
    }

    private static bool ReadTakesImages(ModelEntryReader entry)
    {
        var input = entry.Texts("input", maximumLength: 16);
        return input.All(Inputs.Contains) ? input.Contains("image") : throw entry.Wrong("input", $"must be some of {string.Join(", ", Inputs)}");
    }

    private static ConfigurationNode Parse(string json)
    {
        try
        {
            return json.AsSpan().TrimStart() is ['[', ..]
                ? ConfigurationNode.Parse(json)
                : throw new ConfigurationException($"MODELS must be a JSON array like {Smallest}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // The latter for half a surrogate pair.
        {
            throw new ConfigurationException($"MODELS is not valid JSON; the smallest that works is {Smallest}.");
        }
    }
}
