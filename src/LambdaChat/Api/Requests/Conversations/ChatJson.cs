using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>Writes the messages of a chat completion request. Texts are escaped as in JSON, without quotes.</summary>
internal static class ChatJson
{
    /// <summary>Appends an element of an array after a comma, unless it is the first one; nothing for no bytes.</summary>
    public static void Append(ByteBuffer output, ReadOnlySpan<byte> element)
    {
        if (!element.IsEmpty)
        {
            output.Append(output.Length > 0 ? ","u8 : default);
            output.Append(element);
        }
    }

    /// <summary>Writes the array of messages: one with the system text, if there is one, and the others.</summary>
    public static void WriteMessages(ByteBuffer output, ReadOnlySpan<byte> system, ReadOnlySpan<byte> others)
    {
        output.Append("["u8);
        if (!system.IsEmpty)
        {
            output.Append("{\"role\":\"system\",\"content\":\""u8);
            output.Append(system);
            output.Append(others.IsEmpty ? "\"}"u8 : "\"},"u8);
        }

        output.Append(others);
        output.Append("]"u8);
    }

    /// <summary>Appends a message of the assistant.</summary>
    /// <param name="text">Null for a message without a text.</param>
    /// <param name="thinking">Null for none.</param>
    /// <param name="calls">The tool calls, without brackets.</param>
    public static void AppendAssistant(
        ByteBuffer output, ReadOnlyMemory<byte>? text, ReadOnlyMemory<byte>? thinking, ReadOnlySpan<byte> calls)
    {
        Append(output, "{\"role\":\"assistant\",\"content\":"u8);
        AppendText(output, text);
        if (thinking is not null)
        {
            output.Append(",\"reasoning_content\":"u8);
            AppendText(output, thinking);
        }

        if (!calls.IsEmpty)
        {
            output.Append(",\"tool_calls\":["u8);
            output.Append(calls);
            output.Append("]"u8);
        }

        output.Append("}"u8);
    }

    /// <summary>Appends a tool call.</summary>
    /// <param name="id">A JSON string, as <paramref name="arguments"/>.</param>
    public static void AppendCall(ByteBuffer calls, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments)
    {
        Append(calls, "{\"id\":"u8);
        calls.Append(id);
        calls.Append(",\"type\":\"function\",\"function\":{\"name\":\""u8);
        calls.Append(name);
        calls.Append("\",\"arguments\":"u8);
        calls.Append(arguments);
        calls.Append("}}"u8);
    }

    /// <summary>Appends a message with the result of a tool call.</summary>
    /// <param name="id">The id of the call, as a JSON string.</param>
    public static void AppendResult(ByteBuffer output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> text)
    {
        Append(output, "{\"role\":\"tool\",\"tool_call_id\":"u8);
        output.Append(id);
        output.Append(",\"content\":\""u8);
        output.Append(text);
        output.Append("\"}"u8);
    }

    private static void AppendText(ByteBuffer output, ReadOnlyMemory<byte>? text)
    {
        output.Append(text is null ? "null"u8 : "\""u8);
        output.Append(text.GetValueOrDefault().Span);
        output.Append(text is null ? default : "\""u8);
    }
}
