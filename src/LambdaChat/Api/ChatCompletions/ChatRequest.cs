using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// A chat completion request: the members that the relay acts on, checked. Source: https://platform.openai.com/docs/api-reference/chat/create
/// </summary>
internal sealed class ChatRequest
{
    /// <summary>The member by which a request chooses how it gets the thinking. It never reaches the model.</summary>
    public const string ReasoningMember = "reasoning_output";

    /// <summary>The member by which a request turns off the visible text of a failure. It never reaches the model.</summary>
    public const string ErrorsMember = "show_errors";

    private const int MaximumChoices = 128;

    /// <exception cref="InvalidRequestException">The caller has to mend a member.</exception>
    public ChatRequest(RequestJson json)
    {
        Json = json;
        CheckMessages();
        IsStreamed = json.Flag("stream");
        IncludesUsage = ReadIncludesUsage();
        Choices = (int)(json.Number("n", 1, MaximumChoices) ?? 1);
        Reasoning = ReadReasoning(json.Text(ReasoningMember));
        ShowsErrors = json.Find(ErrorsMember) is null || json.Flag(ErrorsMember);
        TurnsThinkingOff = ReadTurnsThinkingOff();
    }

    public RequestJson Json { get; }

    /// <summary>True where the reply is wanted as an event stream.</summary>
    public bool IsStreamed { get; }

    /// <summary>True where the client wants the usage as a chunk of its own.</summary>
    public bool IncludesUsage { get; }

    /// <summary>How many choices are wanted.</summary>
    public int Choices { get; }

    /// <summary>How the client wants the thinking; null where it leaves that to the model's configuration.</summary>
    public ReasoningOutput? Reasoning { get; }

    /// <summary>False where the client wants no visible text for a failure inside the stream.</summary>
    public bool ShowsErrors { get; }

    /// <summary>True where the chat template is told not to open a thinking tag.</summary>
    public bool TurnsThinkingOff { get; }

    /// <summary>An output by its name, null for none.</summary>
    /// <exception cref="InvalidRequestException">There is no such output.</exception>
    public static ReasoningOutput? ReadReasoning(string? name) =>
        name is null ? null
        : ReasoningNames.FindOutput(name) ?? throw new InvalidRequestException(ReasoningMember, $"must be one of {string.Join(", ", ReasoningNames.Outputs)}");

    private void CheckMessages()
    {
        if (Json.Find("messages") is not { } messages)
        {
            throw new InvalidRequestException("messages", "is required: an array of at least one message");
        }

        if (messages.Type != JsonTokenType.StartArray)
        {
            throw new InvalidRequestException("messages", "must be an array of at least one message");
        }

        var reader = new Utf8JsonReader(Json.Value(messages), new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count += reader.TokenType == JsonTokenType.StartObject ? 1 : throw new InvalidRequestException("messages", "must hold objects");
            reader.Skip();
        }

        if (count == 0)
        {
            throw new InvalidRequestException("messages", "must not be empty");
        }
    }

    private bool ReadIncludesUsage()
    {
        if (Json.Find("stream_options") is not { } options)
        {
            return false;
        }

        return options.Type == JsonTokenType.StartObject
            ? HasFlag("stream_options", Json.Value(options), "include_usage"u8, JsonTokenType.True)
            : throw new InvalidRequestException("stream_options", "must be an object");
    }

    // DeepSeek's templates call it thinking, Qwen's and others enable_thinking.
    private bool ReadTurnsThinkingOff() =>
        Json.Find("chat_template_kwargs") is { Type: JsonTokenType.StartObject } arguments &&
        (HasFlag("chat_template_kwargs", Json.Value(arguments), "enable_thinking"u8, JsonTokenType.False) || HasFlag("chat_template_kwargs", Json.Value(arguments), "thinking"u8, JsonTokenType.False));

    private static bool HasFlag(string member, ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, JsonTokenType flag)
    {
        try
        {
            return HasFlag(json, name, flag);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException(member, "must be valid UTF-8");
        }
    }

    private static bool HasFlag(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, JsonTokenType flag)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        var isSet = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isNamed = reader.ValueTextEquals(name);
            reader.Read();
            isSet |= isNamed && reader.TokenType == flag;
            reader.Skip();
        }

        return isSet;
    }
}
