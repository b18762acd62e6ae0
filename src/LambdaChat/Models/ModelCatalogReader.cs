using System.Text;
using LambdaChat.Reasoning;

namespace LambdaChat.Models;

/// <summary>Reads the catalogue from the variable <c>MODELS</c>, a JSON array, or else from the settings' <c>Models</c> section.</summary>
internal static class ModelCatalogReader
{
    private const string Section = "Models";
    private const int MaximumNameLength = 128;
    private const string Smallest = """[{"name":"r1","endpoint":"my-endpoint"}]""";

    private static readonly string[] Transports = ["event-stream", "openai"];
    private static readonly string[] Framings = ["auto", "sse", "json-lines", "json"];

    /// <exception cref="ConfigurationException">There is no model, or an entry is wrong.</exception>
    public static ModelCatalog Read(IConfiguration configuration)
    {
        var json = configuration.ReadText("MODELS");
        var section = string.IsNullOrWhiteSpace(json) ? configuration.GetSection(Section) : ParseJson(json);
        var defaultRegion = configuration["AWS_REGION"] ?? configuration["AWS_DEFAULT_REGION"];
        var models = new List<Model>();
        foreach (var child in section.GetChildren())
        {
            models.Add(ReadModel(new ModelEntry(child), defaultRegion));
        }

        return models.Count > 0 ? new ModelCatalog(models) : throw new ConfigurationException($"No model is configured: set MODELS, at least to {Smallest}.");
    }

    private static Model ReadModel(ModelEntry entry, string? defaultRegion)
    {
        var model = new Model(
            entry.Required("name", entry.Text("name", MaximumNameLength)),
            entry.Required("endpoint", entry.ResourceName("endpoint")),
            entry.ResourceName("inferenceComponent"),
            entry.ResourceName("variant"),
            entry.ResourceName("region") ?? defaultRegion ?? throw entry.Wrong("region", "is required where AWS_REGION is not set"),
            entry.Text("servedName", maximumLength: 256) ?? "")
        {
            Aliases = entry.Texts("aliases", MaximumNameLength),
            IsDefault = entry.Flag("default", otherwise: false),
            Tasks = ReadTasks(entry),
            Transport = entry.Choice<Transport>("transport", Transports),
            Framing = entry.Choice<RecordFraming>("framing", Framings),
            IsGathered = entry.Flag("gather", otherwise: true),
            ForcesUsage = entry.Flag("usage", otherwise: false),
            Reasoning = entry.OptionalChoice<ReasoningOutput>("reasoning", ReasoningNames.Outputs),
            Think = entry.Choice<ThinkMode>("think", ReasoningNames.Modes),
            History = entry.Choice<ReasoningHistory>("history", ReasoningNames.Histories),
            StripsQuotes = entry.Flag("stripQuotes", otherwise: false),
            MaxTokens = entry.Number("maxTokens", maximum: 10_000_000),
            MaxChoices = entry.Number("maxChoices", maximum: 128),
            ContextLength = entry.Number("contextLength", maximum: 100_000_000),
            Defaults = entry.Members("defaults"),
        };
        entry.RefuseUnknown();
        return model is { Transport: Transport.OpenAI, Variant: not null }
            ? throw entry.Wrong("variant", "cannot be chosen on the OpenAI route; use transport event-stream")
            : model;
    }

    private static ModelTasks ReadTasks(ModelEntry entry)
    {
        var tasks = ModelTasks.None;
        foreach (var name in entry.Texts("tasks", maximumLength: 16))
        {
            tasks |= Enum.TryParse<ModelTasks>(name, ignoreCase: true, out var task) && !int.TryParse(name, out _) && task != ModelTasks.None
                ? task
                : throw entry.Wrong("tasks", "must be some of chat, completions, embeddings, rerank, score");
        }

        return tasks == ModelTasks.None ? ModelTasks.Chat : tasks;
    }

    private static IConfigurationSection ParseJson(string json)
    {
        if (!json.TrimStart().StartsWith('['))
        {
            throw new ConfigurationException($"MODELS must be a JSON array like {Smallest}.");
        }

        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"{{Section}}":{{json}}}"""));
            return new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection(Section);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException)
        {
            throw new ConfigurationException($"MODELS is not valid JSON; the smallest that works is {Smallest}.");
        }
    }
}
