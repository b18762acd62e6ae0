using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// A body as a JSON string. Only what RFC 8259 requires is escaped, since Lambda's limit of a response applies to the escaped string.
/// </summary>
internal static class JsonBody
{
    private const int EscapeLength = 6; // \u0000

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>The length of UTF-8 text as a JSON string, without its quotes, in bytes.</summary>
    public static long Measure(ReadOnlySpan<byte> text)
    {
        long length = text.Length;
        for (var next = text.IndexOfAny(Escaped); next >= 0; next = text.IndexOfAny(Escaped))
        {
            length += ShortEscape(text[next]) == 0 ? EscapeLength - 1 : 1;
            text = text[(next + 1)..];
        }

        return length;
    }

    /// <summary>Writes UTF-8 text as a JSON string.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        var json = new ArrayBufferWriter<byte>(text.Length + 256);
        json.Write("\""u8);
        for (var next = text.IndexOfAny(Escaped); next >= 0; next = text.IndexOfAny(Escaped))
        {
            json.Write(text[..next]);
            WriteEscape(json, text[next]);
            text = text[(next + 1)..];
        }

        json.Write(text);
        json.Write("\""u8);
        writer.WriteRawValue(json.WrittenSpan, skipInputValidation: true);
    }

    private static void WriteEscape(ArrayBufferWriter<byte> json, byte value)
    {
        if (ShortEscape(value) is var letter and > 0)
        {
            json.Write([(byte)'\\', letter]);
        }
        else
        {
            json.Write(Encoding.ASCII.GetBytes($"\\u{value:x4}"));
        }
    }

    // The letter after the backslash; 0 for a character without a short escape.
    private static byte ShortEscape(byte value) => value switch
    {
        (byte)'"' or (byte)'\\' => value,
        (byte)'\n' => (byte)'n',
        (byte)'\r' => (byte)'r',
        (byte)'\t' => (byte)'t',
        _ => 0,
    };
}
