using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// What the stand-in reads of a request. Beside OpenAI's members it takes <c>stand_in</c>, which the relay passes on like everything
/// that it does not know:
/// <c>{"server","reasoning","content","tools","tokens","stamp","pace_ms","part_bytes","cut_seed","write_bytes","burst","gate","fault"}</c>.
/// The <c>server</c> is a name of <see cref="Dialects.DialectCatalog"/>, <c>tools</c> is <c>[{"name","arguments"}]</c> with the arguments as text.
/// </summary>
internal sealed class StandInRequest
{
    private const int MaximumChoices = 128;

    private StandInRequest(JsonObject root)
    {
        Root = root;
        Options = root["stand_in"] as JsonObject ?? [];
    }

    public JsonObject Root { get; }

    public BodyKind Kind => true switch
    {
        _ when Has("messages") => BodyKind.Chat,
        _ when Has("prompt") => BodyKind.Completion,
        _ when Has("input") => BodyKind.Embedding,
        _ when Has("query") && Has("documents") => BodyKind.Rerank,
        _ when Has("text_1") || Has("queries") => BodyKind.Score,
        _ => BodyKind.Chat,
    };

    /// <summary>The last user message's text, or the prompts.</summary>
    public IReadOnlyList<string> Questions => Kind is BodyKind.Completion ? Texts("prompt") : [Has("inputs") ? Texts("inputs")[0] : LastUserText];

    public string Model => (string?)Root["model"] ?? "";

    public bool IsStreamed => IsTrue(Root["stream"]);

    public bool IncludesUsage => IsTrue(Root["stream_options"]?["include_usage"]);

    public bool WantsLogprobs => IsTrue(Root["logprobs"]);

    /// <summary>How many answers to each question.</summary>
    public int ChoiceCount => Math.Clamp((int?)Root["n"] ?? 1, 1, MaximumChoices);

    /// <summary>What the prompt counts for in the usage.</summary>
    public int PromptTokens => Questions.Sum(static question => 8 + Script.Split(question).Count);

    /// <summary>The model server whose wire shapes are wanted.</summary>
    public string Server => (string?)Options["server"] ?? Dialects.DialectCatalog.DefaultName;

    /// <summary>Milliseconds between events; null for the stand-in's own pace.</summary>
    public int? Pace => (int?)Options["pace_ms"];

    /// <summary>Content of that many made-up tokens, in place of an answer.</summary>
    public int? Tokens => (int?)Options["tokens"];

    /// <summary>True to make each of <see cref="Tokens"/> the <see cref="System.Diagnostics.Stopwatch"/>'s time at which it was written.</summary>
    public bool IsStamped => (bool?)Options["stamp"] ?? false;

    public IReadOnlyList<ToolCall> ToolCalls => ToolCall.Parse(Options["tools"]);

    /// <summary>Payloads of at most that many bytes, event for event.</summary>
    public int? PartBytes => (int?)Options["part_bytes"];

    /// <summary>Payloads of random length without regard to events.</summary>
    public int? CutSeed => (int?)Options["cut_seed"];

    /// <summary>Socket writes of at most that many bytes, without regard to frames.</summary>
    public int? WriteBytes => (int?)Options["write_bytes"];

    /// <summary>True to send everything at once, at the end or together with the fault.</summary>
    public bool IsBurst => (bool?)Options["burst"] ?? false;

    /// <summary>Every event but the first waits until this gate lets one more through.</summary>
    public string? Gate => (string?)Options["gate"];

    public Fault? Fault => Fault.Parse(Options["fault"]);

    private JsonObject Options { get; }

    private string LastUserText => TextOf((Root["messages"] as JsonArray)?.LastOrDefault(message => (string?)message?["role"] == "user")?["content"]);

    /// <summary>Null where the body is no JSON object.</summary>
    public static StandInRequest? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject root ? new StandInRequest(root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the model is to think, the same in all of its answers or one of a list; null for its own thoughts.</summary>
    public string? Reasoning(int choice) => Told("reasoning", choice);

    /// <summary>What the model is to say, the same in all of its answers or one of a list; null for its own words.</summary>
    public string? Content(int choice) => Told("content", choice);

    /// <summary>The texts of a member that holds one or a list of them. Token ids are no text.</summary>
    public IReadOnlyList<string> Texts(string member) => Root[member] switch
    {
        JsonArray { Count: > 0 } items when items.Any(static item => item is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) =>
            [.. items.Select(TextOf)],
        var item => [TextOf(item)],
    };

    private string? Told(string option, int choice) => Options[option] switch
    {
        JsonArray { Count: > 0 } texts => (string?)texts[Math.Min(choice, texts.Count - 1)],
        var text => (string?)text,
    };

    private bool Has(string member) => Root[member] is not null;

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static string TextOf(JsonNode? node) => node switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        JsonArray parts => string.Concat(parts.OfType<JsonObject>().Select(static part => (string?)part["text"])),
        JsonObject part => (string?)part["text"] ?? "",
        _ => "",
    };
}
