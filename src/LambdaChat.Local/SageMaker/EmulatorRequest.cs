using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>
/// What the stand-in reads of a request. Beside OpenAI's members it takes <c>stand_in</c>, which the relay passes on like everything
/// that it does not know:
/// <c>{"server","reasoning","content","tools","tokens","stamp","pace_ms","part_bytes","cut_seed","write_bytes","burst","gate","fault"}</c>.
/// The <c>server</c> is a name of <see cref="Dialects.DialectCatalog"/>, <c>tools</c> is <c>[{"name","arguments"}]</c> with the arguments as text.
/// </summary>
internal sealed class EmulatorRequest
{
    private const int MaximumChoices = 128;
    private const int MaximumTokens = 1_000_000;

    private readonly string _lastUserText;
    private readonly IReadOnlyList<string> _reasoning;
    private readonly IReadOnlyList<string> _content;

    private EmulatorRequest(JsonObject root)
    {
        var request = new JsonFields(root);
        var standIn = request.Object("stand_in") ?? new JsonFields([]);
        Root = root;
        _lastUserText = ReadLastUserText(request.Objects("messages"));
        Model = request.Text("model") ?? "";
        IncludesUsage = request.Object("stream_options")?.Flag("include_usage") ?? false;
        ChoiceCount = Math.Clamp(request.Number("n") ?? 1, 1, MaximumChoices);
        EncodingFormat = request.Text("encoding_format");
        TopCount = request.Number("top_n");
        Server = standIn.Text("server") ?? Dialects.DialectCatalog.DefaultName;
        _reasoning = standIn.Texts("reasoning");
        _content = standIn.Texts("content");
        Pace = standIn.Number("pace_ms", minimum: 0);
        Tokens = standIn.Number("tokens", minimum: 0, MaximumTokens);
        IsStamped = standIn.Flag("stamp");
        ToolCalls = ToolCall.Parse(standIn.Objects("tools"));
        PartBytes = standIn.Number("part_bytes", minimum: 1);
        CutSeed = standIn.Number("cut_seed");
        WriteBytes = standIn.Number("write_bytes", minimum: 1);
        IsBurst = standIn.Flag("burst");
        Gate = standIn.Text("gate");
        Fault = standIn.Object("fault") is { } fault ? Fault.Parse(fault) : null;
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
    public IReadOnlyList<string> Questions => Kind is BodyKind.Completion ? Texts("prompt") : [Has("inputs") ? Texts("inputs")[0] : _lastUserText];

    public string Model { get; }

    public bool IsStreamed => IsTrue(Root["stream"]);

    public bool IncludesUsage { get; }

    public bool WantsLogprobs => IsTrue(Root["logprobs"]);

    /// <summary>How many answers to each question.</summary>
    public int ChoiceCount { get; }

    public string? EncodingFormat { get; }

    /// <summary>How many documents a rerank is to name; null for all.</summary>
    public int? TopCount { get; }

    /// <summary>What the prompt counts for in the usage.</summary>
    public int PromptTokens => Questions.Sum(static question => 8 + Script.Split(question).Count);

    /// <summary>The model server whose wire shapes are wanted.</summary>
    public string Server { get; }

    /// <summary>Milliseconds between events; null for the stand-in's own pace.</summary>
    public int? Pace { get; }

    /// <summary>Content of that many made-up tokens, in place of an answer.</summary>
    public int? Tokens { get; }

    /// <summary>True to make each of <see cref="Tokens"/> the <see cref="System.Diagnostics.Stopwatch"/>'s time at which it was written.</summary>
    public bool IsStamped { get; }

    public IReadOnlyList<ToolCall> ToolCalls { get; }

    /// <summary>Payloads of at most that many bytes, event for event.</summary>
    public int? PartBytes { get; }

    /// <summary>Payloads of random length without regard to events.</summary>
    public int? CutSeed { get; }

    /// <summary>Socket writes of at most that many bytes, without regard to frames.</summary>
    public int? WriteBytes { get; }

    /// <summary>True to send everything at once, at the end or together with the fault.</summary>
    public bool IsBurst { get; }

    /// <summary>Every event but the first waits until this gate lets one more through.</summary>
    public string? Gate { get; }

    public Fault? Fault { get; private set; }

    /// <summary>This call is one that does not fail.</summary>
    public void ClearFault() => Fault = null;

    /// <exception cref="RefusedRequestException">The body is no JSON object, or a member has a type that nobody knows.</exception>
    public static EmulatorRequest Parse(ReadOnlySpan<byte> body)
    {
        JsonNode? root;
        try
        {
            RefuseTextsThatAreNone(body);
            root = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RefusedRequestException("Invalid JSON.");
        }

        return new EmulatorRequest(root as JsonObject ?? throw new RefusedRequestException("Invalid JSON."));
    }

    /// <summary>What the model is to think in one of its answers; null for its own thoughts.</summary>
    public string? Reasoning(int choice) => Told(_reasoning, choice);

    /// <summary>What the model is to say in one of its answers; null for its own words.</summary>
    public string? Content(int choice) => Told(_content, choice);

    /// <summary>The texts of a member that holds one or a list of them. Token ids are no text.</summary>
    public IReadOnlyList<string> Texts(string member) => Root[member] switch
    {
        JsonArray { Count: > 0 } items when items.Any(static item => item is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) =>
            [.. items.Select(TextOf)],
        var item => [TextOf(item)],
    };

    // The same in all answers, or one of a list for each.
    private static string? Told(IReadOnlyList<string> texts, int choice) => texts.Count == 0 ? null : texts[Math.Min(choice, texts.Count - 1)];

    private static string ReadLastUserText(IReadOnlyList<JsonFields> messages)
    {
        // All are read, so that a wrong one is refused wherever it stands.
        var texts = messages.Select(static message => (Role: message.Text("role"), Text: message.PartsText("content"))).ToList();
        return texts.LastOrDefault(static message => message.Role == "user").Text ?? "";
    }

    // Half a character, in bytes or as an escape, is found out only by who reads it.
    private static void RefuseTextsThatAreNone(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                reader.GetString();
            }
        }
    }

    private bool Has(string member) => Root[member] is not null;

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static string TextOf(JsonNode? node) => node switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        JsonArray parts => string.Concat(parts.OfType<JsonObject>().Select(TextOf)),
        JsonObject part => TextOf(part["text"]),
        _ => "",
    };
}
