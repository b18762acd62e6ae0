using System.Buffers;
using System.Buffers.Text;

namespace LambdaChat.Streaming.Sse;

/// <summary>
/// Writes complete events of a <c>text/event-stream</c>. Lines end in LF. Nothing is flushed.
/// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
/// </summary>
public static class SseWriter
{
    private const byte LineFeed = (byte)'\n';
    private const int MaximumDigits = 20; // Of a number.

    /// <summary>Writes an event without a type. Data with line ends becomes several data lines.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        if (data.ContainsAny((byte)'\r', LineFeed))
        {
            WriteLines(output, "data: "u8, data);
            output.Write("\n"u8);
            return;
        }

        WriteLine(output, "data: "u8, data, "\n\n"u8);
    }

    /// <summary>Writes an event with a number as its id.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, long id, ReadOnlySpan<byte> data)
    {
        Span<byte> start = stackalloc byte["id: "u8.Length + MaximumDigits + "\ndata: "u8.Length];
        "id: "u8.CopyTo(start);
        Utf8Formatter.TryFormat(id, start["id: "u8.Length..], out var digits);
        var length = "id: "u8.Length + digits;
        if (data.ContainsAny((byte)'\r', LineFeed))
        {
            WriteLine(output, start[..length], default);
            WriteEvent(output, data);
            return;
        }

        "\ndata: "u8.CopyTo(start[length..]);
        WriteLine(output, start[..(length + "\ndata: "u8.Length)], data, "\n\n"u8);
    }

    /// <summary>Writes an event with a type, which must not contain a line end.</summary>
    /// <exception cref="ArgumentException">The type contains a line end.</exception>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (type.ContainsAny((byte)'\r', LineFeed))
        {
            throw new ArgumentException("The type of an event must not contain a line end.", nameof(type));
        }

        WriteLine(output, "event: "u8, type);
        WriteEvent(output, data);
    }

    /// <summary>Writes a comment and a blank line. Some clients process a comment only after the blank line.</summary>
    public static void WriteComment(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        WriteLines(output, ": "u8, text);
        output.Write("\n"u8);
    }

    /// <summary>
    /// Writes a comment without a blank line, for streams whose events have ids. After an id, OpenAI's client for Python reads every blank
    /// line as the end of an event, and fails on one without data. Report: https://github.com/openai/openai-python/issues/2722
    /// </summary>
    public static void WriteCommentLine(IBufferWriter<byte> output, ReadOnlySpan<byte> text) => WriteLines(output, ": "u8, text);

    /// <summary>Writes the event that ends an OpenAI stream.</summary>
    public static void WriteDone(IBufferWriter<byte> output) => output.Write("data: [DONE]\n\n"u8);

    private static void WriteLines(IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text)
    {
        for (var end = text.IndexOfAny((byte)'\r', LineFeed); end >= 0; end = text.IndexOfAny((byte)'\r', LineFeed))
        {
            WriteLine(output, prefix, text[..end]);
            text = text[end..].StartsWith("\r\n"u8) ? text[(end + 2)..] : text[(end + 1)..];
        }

        WriteLine(output, prefix, text);
    }

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text) =>
        WriteLine(output, prefix, text, "\n"u8);

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text, ReadOnlySpan<byte> end)
    {
        var line = output.GetSpan(prefix.Length + text.Length + end.Length);
        prefix.CopyTo(line);
        text.CopyTo(line[prefix.Length..]);
        end.CopyTo(line[(prefix.Length + text.Length)..]);
        output.Advance(prefix.Length + text.Length + end.Length);
    }
}
