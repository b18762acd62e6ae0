using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Why a choice ended: OpenAI's five finish reasons, and two states that OpenAI does not have.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal enum FinishReason
{
    /// <summary>The choice has not ended.</summary>
    None,
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    FunctionCall,

    /// <summary>The model server broke the choice off itself: <c>abort</c> or <c>error</c>.</summary>
    Failed,
}

/// <summary>Reads finish reasons of any model server and writes OpenAI's.</summary>
internal static class FinishReasons
{
    private static readonly byte[][] Names =
    [
        "null"u8.ToArray(), "\"stop\""u8.ToArray(), "\"length\""u8.ToArray(), "\"tool_calls\""u8.ToArray(),
        "\"content_filter\""u8.ToArray(), "\"function_call\""u8.ToArray(), "null"u8.ToArray(),
    ];

    /// <summary>OpenAI's name as JSON; <c>null</c> for a choice that has not ended well.</summary>
    public static byte[] Json(FinishReason reason) => Names[(int)reason];

    /// <summary>Classifies the finish reason of a choice. A choice with an error and without a reason has failed.</summary>
    public static FinishReason Of(in Chunk chunk, in ChoiceLayout choice) =>
        Read(chunk.Json, choice.FinishReason) is var reason && reason == FinishReason.None && choice.HasError
            ? FinishReason.Failed
            : reason;

    /// <summary>
    /// Classifies the value of <c>finish_reason</c>. An unknown name counts as <c>stop</c>: the server says that it has ended.
    /// </summary>
    public static FinishReason Read(ReadOnlySpan<byte> json, in JsonMember member) => member.Type switch
    {
        JsonTokenType.String => OfName(member.Text(json)),
        JsonTokenType.StartObject => OfName(TypeOf(member.Value(json))),
        _ => FinishReason.None,
    };

    /// <summary>Classifies a name.</summary>
    public static FinishReason OfName(ReadOnlySpan<byte> name) =>
        name.IsEmpty || name.SequenceEqual("null"u8) ? FinishReason.None
        : name.SequenceEqual("stop"u8) ? FinishReason.Stop
        : name.SequenceEqual("length"u8) ? FinishReason.Length
        : name.SequenceEqual("tool_calls"u8) ? FinishReason.ToolCalls
        : OtherFinishReasons.Classify(name);

    /// <summary>
    /// Why a choice failed. SGLang: <c>{"type":"abort","message":…,"status_code":…}</c>. Others write a sentence, or an <c>error</c> into
    /// the choice.
    /// </summary>
    /// <param name="error">The choice's member <c>error</c>; if it has none, the record's member <c>message</c>.</param>
    public static ReplyFailure FailureOf(ReadOnlySpan<byte> json, in JsonMember member, in JsonMember error)
    {
        var value = member.Value(json);
        var text = error.Type is JsonTokenType.StartObject or JsonTokenType.String ? error.Value(json)
            : member.Type == JsonTokenType.StartObject ? value.IndexOf("\"message\""u8) >= 0 ? value : default
            : value.Contains((byte)' ') ? value
            : default;
        return text.IsEmpty
            ? new ReplyFailure(FailureKind.ModelAborted)
            : new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(Encoding.UTF8.GetString(text), status: null));
    }

    // SGLang: {"type":"stop","matched":…}. Others name the reason {"reason":…} or {"name":…}.
    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> json)
    {
        var other = "stop"u8;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isOther = reader.ValueTextEquals("reason"u8) || reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("value"u8);
            reader.Read();
            if ((isType || isOther) && reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
            {
                var text = reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
                if (isType)
                {
                    return text;
                }

                other = text;
            }

            reader.Skip();
        }

        return other;
    }
}
