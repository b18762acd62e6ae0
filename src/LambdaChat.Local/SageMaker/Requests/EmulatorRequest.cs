using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>
/// The members of a request that the emulator reads. Besides OpenAI's members it reads <c>stand_in</c>, which the relay forwards unchanged:
/// <c>{"server","reasoning","content","tools","tokens","stamp","pace_ms","part_bytes","cut_seed","write_bytes","burst","gate","fault"}</c>.
/// <c>server</c> is a name of <c>DialectCatalog</c>. <c>tools</c> is <c>[{"name","arguments"}]</c> with the arguments as JSON text.
/// </summary>
internal sealed class EmulatorRequest
{
    public const string DefaultServer = "vllm";

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
        Server = standIn.Text("server") ?? DefaultServer;
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

    /// <summary>The text of the last user message, or the prompts.</summary>
    public IReadOnlyList<string> Questions => Kind is BodyKind.Completion ? Texts("prompt") : [Has("inputs") ? Texts("inputs")[0] : _lastUserText];

    public string Model { get; }

    public bool IsStreamed => IsTrue(Root["stream"]);

    public bool IncludesUsage { get; }

    public bool WantsLogprobs => IsTrue(Root["logprobs"]);

    /// <summary>Number of choices for each question.</summary>
    public int ChoiceCount { get; }

    public string? EncodingFormat { get; }

    /// <summary>Maximum number of documents in a rerank result; null for all.</summary>
    public int? TopCount { get; }

    /// <summary>Name of the model server whose format is used.</summary>
    public string Server { get; }

    /// <summary>Milliseconds between events; null for the emulator's default.</summary>
    public int? Pace { get; }

    /// <summary>Number of generated tokens that replace the scripted reply; null for the scripted reply.</summary>
    public int? Tokens { get; }

    /// <summary>True if each of <see cref="Tokens"/> is the <see cref="System.Diagnostics.Stopwatch"/> timestamp of its creation.</summary>
    public bool IsStamped { get; }

    public IReadOnlyList<ToolCall> ToolCalls { get; }

    /// <summary>Maximum length of a payload in bytes; each event starts a new payload.</summary>
    public int? PartBytes { get; }

    /// <summary>Seed of random payload lengths that ignore event boundaries.</summary>
    public int? CutSeed { get; }

    /// <summary>Maximum length of a socket write in bytes; frame boundaries are ignored.</summary>
    public int? WriteBytes { get; }

    /// <summary>True to send all events at once, at the end or together with the fault.</summary>
    public bool IsBurst { get; }

    /// <summary>Name of a gate: each event after the first waits for one opening of it.</summary>
    public string? Gate { get; }

    public Fault? Fault { get; private set; }

    /// <summary>Removes the fault, for a call that the fault does not select.</summary>
    public void ClearFault() => Fault = null;

    /// <exception cref="RefusedRequestException">The body is not a JSON object, or a member has the wrong type.</exception>
    public static EmulatorRequest Parse(ReadOnlySpan<byte> body)
    {
        JsonNode? root;
        try
        {
            RejectInvalidStrings(body);
            root = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RefusedRequestException("Invalid JSON.");
        }

        return new EmulatorRequest(root as JsonObject ?? throw new RefusedRequestException("Invalid JSON."));
    }

    /// <summary>Reasoning that the request sets for a choice; null for the scripted text.</summary>
    public string? Reasoning(int choice) => TextOf(_reasoning, choice);

    /// <summary>Content that the request sets for a choice; null for the scripted text.</summary>
    public string? Content(int choice) => TextOf(_content, choice);

    /// <summary>The strings of a member that holds one string or an array of them. An array of token ids counts as one empty string.</summary>
    public IReadOnlyList<string> Texts(string member) => Root[member] switch
    {
        JsonArray { Count: > 0 } items when items.Any(static item => item is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) =>
            [.. items.Select(TextOf)],
        var item => [TextOf(item)],
    };

    // One text applies to all choices; of several, choices beyond the last use the last.
    private static string? TextOf(IReadOnlyList<string> texts, int choice) => texts.Count == 0 ? null : texts[Math.Min(choice, texts.Count - 1)];

    private static string ReadLastUserText(IReadOnlyList<JsonFields> messages)
    {
        // Every message is read, so that an invalid one is refused at any position.
        var texts = messages.Select(static message => (Role: message.Text("role"), Text: message.PartsText("content"))).ToList();
        return texts.LastOrDefault(static message => message.Role == "user").Text ?? "";
    }

    // JsonNode decodes strings lazily; reading each one finds invalid UTF-8 and invalid escapes now.
    private static void RejectInvalidStrings(ReadOnlySpan<byte> body)
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
