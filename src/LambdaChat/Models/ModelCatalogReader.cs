using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>Reads the catalog from the setting <c>MODELS</c>, a JSON array or <c>@file</c>.</summary>
internal static class ModelCatalogReader
{
    private const string Smallest = """[{"name":"r1","endpoint":"my-endpoint"}]""";

    private static readonly string[] TargetFields = ["endpoint", "inferenceComponent", "variant", "region", "roleArn"];
    // The function sets these members for each request.
    private static readonly string[] ReservedMembers = ["model", "messages", "stream", "stream_options", "reasoning_output"];

    public static void AddModels(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(Read(configuration));

    /// <exception cref="ConfigurationException">There is no model, or an entry is invalid.</exception>
    public static ModelCatalog Read(IConfiguration configuration)
    {
        if (configuration.GetText("MODELS") is not { } json)
        {
            throw new ConfigurationException($"No model is configured. Set MODELS to a JSON array like {Smallest}.");
        }

        var defaultRegion = ReadRegion(configuration, "AWS_REGION") ?? ReadRegion(configuration, "AWS_DEFAULT_REGION");
        try
        {
            var root = JsonElement.Parse(json, ModelEntryReader.Options);
            return root.ValueKind == JsonValueKind.Array
                && ModelEntryReader.ReadArray(root, "MODELS entry", entry => ReadModel(entry, defaultRegion)) is { Count: > 0 } models
                    ? new ModelCatalog(models)
                    : throw new ConfigurationException($"MODELS must be a JSON array of objects like {Smallest}.");
        }
        // A string with half of a surrogate pair causes an InvalidOperationException.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ConfigurationException($"MODELS is not valid JSON. It must be an array like {Smallest}.");
        }
    }

    private static string? ReadRegion(IConfiguration configuration, string name) =>
        configuration[name] is not { Length: > 0 } region ? null
        : AwsNames.IsResourceName(region) ? region
        : throw new ConfigurationException($"{name} {AwsNames.ResourceNameExpectation}.");

    // The names of choices are in the order of their enumerations.
    private static Model ReadModel(ModelEntryReader entry, string? defaultRegion)
    {
        var model = new Model(
            entry.Text("name", maximumLength: 128) ?? entry.Missing("name", ""),
            ReadTargets(entry, defaultRegion),
            entry.Text("servedName", maximumLength: 256) ?? "")
        {
            Aliases = entry.Texts("aliases", maximumLength: 128),
            IsDefault = entry.Flag("default", fallback: false),
            Tasks = entry.Choices("tasks", ["chat", "completions", "embeddings", "rerank", "score"]).DefaultIfEmpty() // chat
                .Aggregate(ModelTasks.None, (tasks, index) => tasks | (ModelTasks)(1 << index)),
            Images = entry.Choices("input", ["text", "image"]).Contains(1),
            IsTextOnly = entry.Choices("input", ["text", "image"]) is { Count: > 0 } input && !input.Contains(1),
            Transport = (Transport)(entry.Choice("transport", ["event-stream", "openai"]) ?? 0),
            Framing = (RecordFraming)(entry.Choice("framing", ["auto", "sse", "json-lines", "json"]) ?? 0),
            Gather = entry.Flag("gather", fallback: true),
            MayEndWithDone = entry.Choice("finish", ["reason", "done"]) == 1,
            Usage = entry.Flag("usage", fallback: false),
            ContinuousUsage = entry.Flag("continuousUsage", fallback: true),
            CountTokens = entry.Flag("countTokens", fallback: false),
            Prefill = entry.Flag("prefill", fallback: false),
            ThinkingBudget = ReadThinkingBudget(entry),
            ThinkingArguments = entry.Has("thinkingArguments")
                ? entry.Choices("thinkingArguments", Model.AllThinkingArguments).ConvertAll(index => Model.AllThinkingArguments[index])
                : Model.AllThinkingArguments,
            MaxEffort = (ReasoningEffort)(entry.Choice("maxEffort", ReasoningEfforts.Names) ?? (int)ReasoningEffort.High),
            Reasoning = (ReasoningOutput?)entry.Choice("reasoning", ReasoningNames.Outputs),
            ReasoningText = entry.Flag("reasoningText", fallback: false),
            Think = (ThinkMode)(entry.Choice("think", ReasoningNames.Modes) ?? 0),
            History = (ReasoningHistory)(entry.Choice("history", ReasoningNames.Histories) ?? 0),
            ThinkingParagraphs = entry.Flag("thinkingParagraphs", fallback: false),
            StripQuotes = entry.Flag("stripQuotes", fallback: false),
            DeveloperRole = entry.Flag("developerRole", fallback: false),
            MaxTokens = entry.Number("maxTokens", maximum: 10_000_000),
            MaxChoices = entry.Number("maxChoices", maximum: 128),
            ColdTimeout = entry.Seconds("coldSeconds", maximum: 900, minimum: 0) ?? TimeSpan.FromMinutes(8),
            TotalTimeout = entry.Seconds("totalSeconds"),
            IdleTimeout = entry.Seconds("idleSeconds"),
            ShowsErrors = entry.Flag("showErrors", fallback: true),
            ContextLength = entry.Number("contextLength", maximum: 100_000_000),
            Prices = entry.Object("prices", prices => new ModelPrices(prices.RequiredPrice("input"), prices.RequiredPrice("output"))),
            ForwardHeaders = entry.Choices("forwardHeaders", ForwardedHeader.Names).ConvertAll(index => ForwardedHeader.All[index]),
            ForwardTrace = entry.Object("customAttributes", attributes => attributes.Flag("trace", fallback: false)),
            PrefixAwareId = (PrefixAwareId)(entry.Choice("prefixAwareId", ["conversation", "caller", "off"]) ?? 0),
            AllowedFields = entry.Choices("allowedFields", RestrictedFields.Names).ConvertAll(index => RestrictedFields.Names[index]),
            Defaults = entry.Members("defaults", ReservedMembers),
        };
        return model.Transport == Transport.OpenAI && model.Targets.Any(target => target.Variant is not null)
            ? throw entry.Invalid("variant", "cannot be used with transport openai; use transport event-stream")
            : model;
    }

    private static string? ReadThinkingBudget(ModelEntryReader entry) =>
        entry.Text("thinkingBudget", maximumLength: 64) is not { } member ? null
        : member.All(static c => char.IsAsciiLetter(c) || c == '_') && !ReservedMembers.Contains(member) ? member
        : throw entry.Invalid("thinkingBudget", "must be the name of a request field, like thinking_token_budget");

    // Either one target in the entry's own fields, or a list of them in `targets`.
    private static List<Target> ReadTargets(ModelEntryReader entry, string? defaultRegion)
    {
        var continuation = ReadContinuation(entry, default);
        var targets = entry.Objects("targets", target => ReadTarget(target, defaultRegion, continuation));
        return targets.Count == 0 ? [ReadTarget(entry, defaultRegion, continuation)]
            : Array.Find(TargetFields, entry.Has) is { } field
                ? throw entry.Invalid(field, "must be set in each target when targets is used")
            : targets;
    }

    private static Target ReadTarget(ModelEntryReader entry, string? defaultRegion, TargetContinuation ofModel) => new(
        entry.ResourceName("endpoint") ?? entry.Missing("endpoint", ""),
        entry.ResourceName("inferenceComponent"),
        entry.ResourceName("variant"),
        entry.ResourceName("region") ?? defaultRegion ?? entry.Missing("region", "", "is required when AWS_REGION is not set"),
        entry.RoleArn("roleArn"))
    {
        Continuation = ReadContinuation(entry, ofModel),
    };

    private static TargetContinuation ReadContinuation(ModelEntryReader entry, TargetContinuation fallback)
    {
        var mode = (ContinuationMode)(entry.Choice("continue", TargetContinuation.Modes) ?? (int)fallback.Mode);
        var continuesThinking = entry.Flag("continueThinking", fallback.ContinuesThinking);
        return mode == ContinuationMode.Off && continuesThinking && !fallback.ContinuesThinking
            ? throw entry.Invalid("continueThinking", "requires the field continue")
            : new TargetContinuation(mode, continuesThinking);
    }
}
