using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace LambdaChat.Json;

/// <summary>JSON strings as UTF-8.</summary>
internal static class JsonText
{
    /// <summary>The length of an escape <c>\uXXXX</c>.</summary>
    public const int EscapeLength = 6;

    /// <summary>Escapes only what RFC 8259 requires: the JSON is never a part of a page.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly SearchValues<byte> Special = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f"u8 +
        "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8);

    /// <summary>
    /// True if a text can stand between the quotes of a JSON string and has no escape <c>\uXXXX</c>. Bytes outside ASCII are not checked.
    /// </summary>
    public static bool IsSimple(ReadOnlySpan<byte> text)
    {
        for (int found; (found = text.IndexOfAny(Special)) >= 0; text = text[(found + 2)..])
        {
            if (text[found] != '\\' || found + 1 == text.Length || !IsSimpleEscape(text[found + 1]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Encodes a text as a JSON string.</summary>
    public static byte[] Quote(string text) =>
        [(byte)'"', .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>Decodes the text of a JSON string, without its quotes.</summary>
    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        var reader = new Utf8JsonReader(ToValid([(byte)'"', .. escaped, (byte)'"']));
        reader.Read();
        return reader.GetString()!;
    }

    /// <summary>Returns a copy that can be parsed and decoded: invalid UTF-8 and unpaired surrogates are U+FFFD.</summary>
    public static byte[] ToValid(ReadOnlySpan<byte> json)
    {
        var copy = Utf8.IsValid(json) ? json.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        ReplaceLoneSurrogates(copy);
        return copy;
    }

    /// <summary>
    /// Replaces escapes of unpaired surrogates by the escape of U+FFFD. RFC 8259 section 8.2: "the behavior of software
    /// that receives JSON texts containing such values is unpredictable". Source: https://www.rfc-editor.org/rfc/rfc8259
    /// </summary>
    public static void ReplaceLoneSurrogates(Span<byte> json)
    {
        for (var position = 0; FindLoneSurrogate(json[position..]) is >= 0 and var next; position += EscapeLength)
        {
            position += next;
            "\\ufffd"u8.CopyTo(json[position..]);
        }
    }

    /// <summary>The position of the first escape of an unpaired surrogate; -1 for none.</summary>
    public static int FindLoneSurrogate(ReadOnlySpan<byte> json)
    {
        var position = 0;
        while (position < json.Length && json[position..].IndexOf((byte)'\\') is var next and >= 0)
        {
            position += next;
            var unit = ReadUnit(json[position..]);
            var isPair = unit is >= 0xD800 and < 0xDC00 && ReadUnit(json[(position + EscapeLength)..]) is >= 0xDC00 and < 0xE000;
            if (!isPair && unit is >= 0xD800 and < 0xE000)
            {
                return position;
            }

            position += isPair ? 2 * EscapeLength : unit >= 0 ? EscapeLength : 2;
        }

        return -1;
    }

    /// <summary>The UTF-16 code unit of an escape <c>\uXXXX</c> at the start of the text; -1 for anything else.</summary>
    public static int ReadUnit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u' &&
        ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? unit
            : -1;

    private static bool IsSimpleEscape(byte letter) => (char)letter is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't';
}
