using System.Text.Json;
using LambdaChat.Json;

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

    /// <summary>
    /// Classifies the value of <c>finish_reason</c>. An unknown name counts as <c>stop</c>: the server says that it has ended.
    /// </summary>
    public static FinishReason Read(ReadOnlySpan<byte> json, in JsonMember member) => member.Type switch
    {
        JsonTokenType.String => OfName(member.Text(json)),
        JsonTokenType.StartObject => OfName(TypeOf(member.Value(json))),
        _ => FinishReason.None,
    };

    private static FinishReason OfName(ReadOnlySpan<byte> name) =>
        name.IsEmpty || name.SequenceEqual("null"u8) ? FinishReason.None
        : name.SequenceEqual("stop"u8) ? FinishReason.Stop
        : name.SequenceEqual("length"u8) ? FinishReason.Length
        : name.SequenceEqual("tool_calls"u8) ? FinishReason.ToolCalls
        : OfOtherName(name);

    private static FinishReason OfOtherName(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[32]; // Longer names are compared by their first 32 characters.
        name = name[..Math.Min(name.Length, lower.Length)];
        if (!System.Text.Ascii.ToLower(name, lower, out var length).Equals(System.Buffers.OperationStatus.Done))
        {
            return FinishReason.Stop;
        }

        return lower[..length] switch
        {
            [.. var n] when n.SequenceEqual("none"u8) => FinishReason.None,
            [.. var n] when n.SequenceEqual("content_filter"u8) || n.SequenceEqual("safety"u8) || n.SequenceEqual("refusal"u8)
                || n.SequenceEqual("recitation"u8) => FinishReason.ContentFilter,
            [.. var n] when n.SequenceEqual("function_call"u8) => FinishReason.FunctionCall,
            [.. var n] when n.SequenceEqual("tool_use"u8) || n.SequenceEqual("tool_call"u8) || n.SequenceEqual("tool_calls"u8) =>
                FinishReason.ToolCalls,
            [.. var n] when n.SequenceEqual("length"u8) || n.SequenceEqual("max_tokens"u8) || n.SequenceEqual("max_length"u8)
                || n.SequenceEqual("max_new_tokens"u8) || n.SequenceEqual("model_length"u8) || n.SequenceEqual("limit"u8) =>
                    FinishReason.Length,
            [.. var n] when n.StartsWith("abort"u8) || n.StartsWith("error"u8) || n.StartsWith("cancel"u8) || n.StartsWith("fail"u8)
                || n.SequenceEqual("timeout"u8) || n.SequenceEqual("insufficient_system_resource"u8) || n.SequenceEqual("network_error"u8)
                || n.SequenceEqual("internal_error"u8) => FinishReason.Failed,
            _ => FinishReason.Stop,
        };
    }

    // SGLang: {"type":"stop","matched":…}.
    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                return reader.ValueSpan;
            }

            reader.Skip();
        }

        return "stop"u8;
    }
}
