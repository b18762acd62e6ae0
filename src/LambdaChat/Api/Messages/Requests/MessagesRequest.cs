using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// A request of the Messages API, and the chat completion request that it becomes. Equal beginnings of conversations become equal bytes,
/// so that model servers find them in their caches. Unknown fields are ignored. Source: https://docs.claude.com/en/api/messages
/// </summary>
internal sealed class MessagesRequest
{
    private static readonly string[] Numbers = ["temperature", "top_p", "top_k"];

    private readonly RequestJson _json;
    private readonly Model _model;
    private readonly Conversation _conversation;
    private readonly ToolList _tools;
    private readonly ThinkingOptions _thinking;

    /// <exception cref="ErrorResponseException">A field is invalid or not supported.</exception>
    public MessagesRequest(RequestJson json, Model model)
    {
        (_json, _model) = (json, model);
        RefuseThread();
        IsStreamed = json.Flag("stream");
        IsWarmUp = json.IntegerOrNull("max_tokens") == 0;
        StopSequences = ReadStopSequences();
        _conversation = new Conversation(json);
        _tools = new ToolList(json, _conversation.Tools);
        _thinking = new ThinkingOptions(json, _conversation.Effort);
    }

    /// <summary>True if the client requests an event stream.</summary>
    public bool IsStreamed { get; }

    /// <summary>
    /// True if the request only fills the cache of the model server: with 0 tokens, its reply has no content. Source:
    /// https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pre-warming-the-cache
    /// </summary>
    public bool IsWarmUp { get; }

    /// <summary>The texts at which the reply stops.</summary>
    public IReadOnlyList<string> StopSequences { get; }

    /// <summary>True if the client does not get the thinking.</summary>
    public bool OmitsThinking => _thinking.IsOmitted;

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _conversation.SystemLength;

    /// <summary>The ids of the tool calls of the conversation.</summary>
    public ToolCallIds CallIds => _conversation.CallIds;

    /// <summary>Returns the session in the user id of the metadata; null for none.</summary>
    public string? FindSession()
    {
        var metadata = Conversation.Find(_json, "metadata") is { IsObject: true } item ? new JsonObjectItem(item, "metadata") : null;
        return metadata?.Find("user_id") is { IsText: true } id ? ClientSession.Find(JsonText.Decode(id.Text.Span)) : null;
    }

    /// <summary>Creates the chat completion request. One that only fills the cache generates one token.</summary>
    /// <exception cref="ErrorResponseException">A field is invalid, or the model cannot continue the last message.</exception>
    public ReadOnlyMemory<byte> ToChat()
    {
        if (_conversation.IsPrefilled && !_model.Prefill)
        {
            throw new ErrorResponseException(ApiError.BadRequest(
                "This model does not support assistant message prefill. The conversation must end with a user message."));
        }

        var tokens = _json.FindInteger("max_tokens", 0, long.MaxValue)
            ?? throw _json.Missing("max_tokens", FieldType.Integer);
        if (IsWarmUp)
        {
            return !IsStreamed ? ToCount() : throw new ErrorResponseException(FieldErrors.Invalid(
                "max_tokens", "a request with 0 tokens has no reply, and cannot be streamed"));
        }

        var output = Begin(withChoice: true);
        output.Append(",\"max_tokens\":"u8);
        output.AppendNumber(tokens);
        if (IsStreamed)
        {
            output.Append(_model.ContinuousUsage
                ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}"u8
                : ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"u8);
        }

        if (StopSequences.Count > 0)
        {
            output.Append(",\"stop\":"u8);
            output.Append(_json.Value(_json.Find("stop_sequences")!.Value));
        }

        foreach (var name in Numbers)
        {
            WriteNumber(name, output);
        }

        _thinking.WriteTo(output, _model, withLimits: true);
        output.Append("}"u8);
        return output.Memory;
    }

    /// <summary>
    /// Creates a chat completion request of one output token. The usage of its reply contains the number of input tokens. The last message
    /// may be the assistant's for every model: clients count a conversation after a reply.
    /// </summary>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public ReadOnlyMemory<byte> ToCount()
    {
        var output = Begin(withChoice: false); // One token cannot be a tool call.
        output.Append(",\"max_tokens\":1"u8);
        _thinking.WriteTo(output, _model, withLimits: false);
        output.Append("}"u8);
        return output.Memory;
    }

    private ByteBuffer Begin(bool withChoice)
    {
        var output = new ByteBuffer(_json.Body.Length + 256);
        output.Append("{\"messages\":"u8);
        _conversation.WriteTo(output);
        _tools.WriteTo(output, withChoice);
        output.Append(_conversation.IsPrefilled && _model.Prefill
            ? ",\"continue_final_message\":true,\"add_generation_prompt\":false"u8
            : default);
        return output;
    }

    private void WriteNumber(string name, ByteBuffer output)
    {
        if (_json.Find(name) is not { } member)
        {
            return;
        }

        if (member.Type != JsonTokenType.Number)
        {
            var type = name == "top_k" ? FieldType.Integer : FieldType.Number;
            throw new ErrorResponseException(FieldErrors.WrongType(name, type, _json.Value(member)));
        }

        output.Append(",\""u8);
        output.Append(Encoding.UTF8.GetBytes(name));
        output.Append("\":"u8);
        output.Append(_json.Value(member));
    }

    // A request of a thread has only the messages that are not stored on Anthropic's servers.
    private void RefuseThread()
    {
        if (Conversation.Find(_json, "thread") is not null)
        {
            throw new ErrorResponseException(
                ApiError.BadRequest("Threads are not supported. Send the full conversation without `thread`.", "thread") with
                {
                    AnthropicCode = "thread_unsupported_request",
                });
        }
    }

    private List<string> ReadStopSequences()
    {
        if (Conversation.Find(_json, "stop_sequences") is not { } item)
        {
            return [];
        }

        var elements = item.IsArray
            ? item.Elements()
            : throw new ErrorResponseException(FieldErrors.WrongType("stop_sequences", FieldType.Strings, item.Json.Span));
        return [.. elements.Select(static (element, i) => element.IsText
            ? JsonText.Decode(element.Text.Span)
            : throw new ErrorResponseException(FieldErrors.WrongType($"stop_sequences[{i}]", FieldType.String, element.Json.Span)))];
    }
}
