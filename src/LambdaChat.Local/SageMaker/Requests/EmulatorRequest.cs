using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The members of a request that the emulated container reads.</summary>
internal sealed class EmulatorRequest
{
    public const string DefaultServer = "vllm";

    private const int MaximumChoices = 128;

    private readonly string _lastUserText;

    private EmulatorRequest(JsonObject root)
    {
        var request = new JsonFields(root);
        var messages = request.Objects("messages");
        Root = root;
        _lastUserText = ReadLastUserText(messages);
        EndsWithToolResult = messages is [.., var last] && last.Text("role") == "tool";
        Model = request.Text("model") ?? "";
        IncludesUsage = request.Object("stream_options")?.Flag("include_usage") ?? false;
        ChoiceCount = Math.Clamp(request.Number("n") ?? 1, 1, MaximumChoices);
        EncodingFormat = request.Text("encoding_format");
        TopCount = request.Number("top_n");
        WantsLogprobs = IsTrue(root["logprobs"]);
        Tools = RequestedTools.Parse(request, root);
        ResponseFormat = request.Object("response_format")?.Json;
        StandIn = new StandInSettings(request.Object("stand_in") ?? FindInText(_lastUserText) ?? new JsonFields([]));
        HasContinuousUsage = IncludesUsage && request.Object("stream_options")!.Flag("continuous_usage_stats")
            && StandIn.Server.StartsWith("vllm", StringComparison.Ordinal);
    }

    public JsonObject Root { get; }

    public StandInSettings StandIn { get; }

    /// <summary>The prompt on the instance that serves the request; null for an endpoint without instances.</summary>
    public PromptUsage? Prompt { get; set; }

    public BodyKind Kind => true switch
    {
        _ when Has("messages") => EncodingFormat is null ? BodyKind.Chat : BodyKind.Embedding, // vLLM decides by its model.
        _ when Has("prompt") => BodyKind.Completion,
        _ when Has("input") => BodyKind.Embedding,
        _ when Has("query") && Has("documents") => BodyKind.Rerank,
        _ when Has("text_1") || Has("queries") || Has("data_1") => BodyKind.Score,
        _ => BodyKind.Chat,
    };

    /// <summary>The text of the last user message, or the prompts.</summary>
    public IReadOnlyList<string> Questions =>
        Kind is BodyKind.Completion ? Texts("prompt") : [Has("inputs") ? Texts("inputs")[0] : _lastUserText];

    public string Model { get; }

    public bool IsStreamed => IsTrue(Root["stream"]);

    public bool IncludesUsage { get; }

    /// <summary>True if each chunk has the usage so far, as vLLM sends it.</summary>
    public bool HasContinuousUsage { get; }

    public bool WantsLogprobs { get; }

    /// <summary>Number of choices for each question.</summary>
    public int ChoiceCount { get; }

    public string? EncodingFormat { get; }

    /// <summary>Maximum number of documents in a rerank result; null for all.</summary>
    public int? TopCount { get; }

    public RequestedTools Tools { get; }

    public JsonObject? ResponseFormat { get; }

    /// <summary>True if the last message is the result of a tool, so that the model replies with text.</summary>
    public bool EndsWithToolResult { get; }

    /// <exception cref="RefusedRequestException">The body is not a JSON object, or a member has the wrong type.</exception>
    public static EmulatorRequest Parse(ReadOnlySpan<byte> body)
    {
        JsonNode? root;
        try
        {
            var json = JsonSurrogates.Replace(body);
            RejectInvalidStrings(json);
            root = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RefusedRequestException("Invalid JSON.");
        }

        return new EmulatorRequest(root as JsonObject ?? throw new RefusedRequestException("Invalid JSON."));
    }

    /// <summary>
    /// The strings of a member that holds one string or an array of them. An array of token ids counts as one empty string.
    /// </summary>
    public IReadOnlyList<string> Texts(string member) => Root[member] switch
    {
        JsonArray { Count: > 0 } items when items.Any(
            static item => item is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) =>
            [.. items.Select(TextOf)],
        var item => [TextOf(item)],
    };

    private static string ReadLastUserText(IReadOnlyList<JsonFields> messages)
    {
        // Every message is read, so that an invalid one is refused at any position.
        var texts = messages.Select(static message => (Role: message.Text("role"), Text: message.PartsText("content"))).ToList();
        return texts.LastOrDefault(static message => message.Role == "user").Text ?? "";
    }

    // Requests of APIs that are translated to chat completions lose unknown members. For them, the text of the last user message may
    // contain the settings.
    private static JsonFields? FindInText(string text)
    {
        if (!text.StartsWith("{\"stand_in\":", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) is JsonObject root ? new JsonFields(root).Object("stand_in") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // JsonNode decodes strings lazily. Reading each one finds invalid UTF-8 now.
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
