using System.Text;

namespace LambdaChat.Json;

/// <summary>
/// The formatting of JSON: white space between its tokens, and escapes. Source of the escapes: RFC 8259 section 7,
/// https://www.rfc-editor.org/rfc/rfc8259
/// </summary>
internal static class JsonMinifier
{
    /// <summary>
    /// Removes the formatting of a valid document in place, and returns the new length. Of the ways to write a character in a string, the
    /// shortest stays: <c>\u00e9</c> becomes é. Escapes of unpaired surrogates stay.
    /// </summary>
    public static int MinifyInPlace(Span<byte> json)
    {
        var written = 0;
        for (var read = 0; read < json.Length;)
        {
            if (json[read] == (byte)'"')
            {
                WriteString(json, ref read, ref written);
            }
            else if (IsBlank(json[read]))
            {
                read++;
            }
            else
            {
                json[written++] = json[read++];
            }
        }

        return written;
    }

    private static void WriteString(Span<byte> json, ref int read, ref int written)
    {
        json[written++] = json[read++];
        while (json[read..].IndexOfAny((byte)'"', (byte)'\\') is var plain and >= 0)
        {
            Move(json, plain, ref read, ref written);
            if (json[read] == (byte)'"')
            {
                json[written++] = json[read++];
                return;
            }

            WriteEscape(json, ref read, ref written);
        }

        Move(json, json.Length - read, ref read, ref written);
    }

    private static void WriteEscape(Span<byte> json, ref int read, ref int written)
    {
        var unit = JsonText.ReadUnit(json[read..]);
        var next = char.IsHighSurrogate((char)unit) ? JsonText.ReadUnit(json[(read + JsonText.EscapeLength)..]) : -1;
        if (unit < 0)
        {
            var isSolidus = json[read + 1] == (byte)'/';
            read += isSolidus ? 1 : 0;
            Move(json, isSolidus ? 1 : 2, ref read, ref written);
        }
        else if (next >= 0 && char.IsLowSurrogate((char)next))
        {
            read += 2 * JsonText.EscapeLength;
            written += new Rune((char)unit, (char)next).EncodeToUtf8(json[written..]);
        }
        else if (char.IsSurrogate((char)unit))
        {
            Move(json, JsonText.EscapeLength, ref read, ref written);
        }
        else
        {
            read += JsonText.EscapeLength;
            written += WriteCharacter((char)unit, json[written..]);
        }
    }

    // "All Unicode characters may be placed within the quotation marks, except for the characters that MUST be escaped: quotation mark,
    // reverse solidus, and the control characters (U+0000 through U+001F)."
    private static int WriteCharacter(char character, Span<byte> output)
    {
        var escape = character switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\b' => "\\b"u8,
            '\f' => "\\f"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            _ => ""u8,
        };
        if (!escape.IsEmpty)
        {
            escape.CopyTo(output);
            return escape.Length;
        }

        if (character >= ' ')
        {
            return new Rune(character).EncodeToUtf8(output);
        }

        "\\u00"u8.CopyTo(output);
        output[4] = (byte)('0' + (character >> 4));
        output[5] = "0123456789ABCDEF"u8[character & 0xF];
        return JsonText.EscapeLength;
    }

    private static void Move(Span<byte> json, int length, ref int read, ref int written)
    {
        if (written < read)
        {
            json.Slice(read, length).CopyTo(json[written..]);
        }

        read += length;
        written += length;
    }

    private static bool IsBlank(byte token) => token is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
