using System.Buffers;
using System.Text;
using System.Text.Unicode;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Repairs records that are not valid JSON (RFC 8259): <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> become
/// <c>null</c>; half a surrogate pair and bytes that are not UTF-8 become U+FFFD; control characters in texts are escaped.
/// </summary>
internal static class RecordRepair
{
    // A quote, a backslash or a control character.
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [
            (byte)'"', (byte)'\\', 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
            0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F,
        ]);

    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>True if the record has bytes that are not UTF-8, or an escape that may be half a surrogate pair.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> record) =>
        !Utf8.IsValid(record) || (record.IndexOf((byte)'\\') is var first and >= 0 && HasSurrogate(record[first..]));

    /// <summary>Writes the record repaired.</summary>
    public static void Write(ReadOnlySpan<byte> record, ByteBuffer output)
    {
        output.Clear();
        if (!Utf8.IsValid(record))
        {
            record = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record));
        }

        var isInText = false;
        for (var i = 0; i < record.Length;)
        {
            var length = isInText ? CopyText(record[i..], output, ref isInText) : CopyToken(record[i..], output, ref isInText);
            i += length;
        }
    }

    private static bool HasSurrogate(ReadOnlySpan<byte> record) =>
        record.IndexOf("\\u"u8) is var first and >= 0
        && (record[first..].IndexOf("\\ud"u8) >= 0 || record[first..].IndexOf("\\uD"u8) >= 0);

    private static int CopyToken(ReadOnlySpan<byte> json, ByteBuffer output, ref bool isInText)
    {
        var word = LengthOfWord(json);
        if (word > 0)
        {
            output.Append("null"u8);
            return word;
        }

        isInText = json[0] == (byte)'"';
        output.Append(json[..1]);
        return 1;
    }

    // Python's words, and those of C.
    private static int LengthOfWord(ReadOnlySpan<byte> json)
    {
        var sign = json[0] == (byte)'-' ? 1 : 0;
        var word = json[sign..];
        var length = word.StartsWith("NaN"u8) || word.StartsWith("nan"u8) ? 3
            : word.StartsWith("Infinity"u8) || word.StartsWith("infinity"u8) ? 8
            : word.StartsWith("Inf"u8) || word.StartsWith("inf"u8) ? 3
            : 0;
        return length == 0 ? 0 : sign + length;
    }

    private static int CopyText(ReadOnlySpan<byte> json, ByteBuffer output, ref bool isInText)
    {
        var plain = json.IndexOfAny(Special);
        if (plain != 0)
        {
            plain = plain < 0 ? json.Length : plain;
            output.Append(json[..plain]);
            return plain;
        }

        if (json[0] == (byte)'"')
        {
            isInText = false;
            output.Append("\""u8);
            return 1;
        }

        if (json[0] < 0x20)
        {
            output.Append("\\u00"u8);
            output.Append([(byte)"01"[json[0] >> 4], (byte)"0123456789abcdef"[json[0] & 0xF]]);
            return 1;
        }

        return CopyEscape(json, output);
    }

    private static int CopyEscape(ReadOnlySpan<byte> json, ByteBuffer output)
    {
        var unit = JsonText.ReadUnit(json);
        if (unit is >= 0xD800 and <= 0xDBFF && json.Length > 6 && JsonText.ReadUnit(json[6..]) is >= 0xDC00 and <= 0xDFFF)
        {
            output.Append(json[..12]);
            return 12;
        }

        if (unit is >= 0xD800 and <= 0xDFFF)
        {
            output.Append(Replacement);
            return 6;
        }

        var length = Math.Min(json.Length, unit < 0 ? 2 : 6);
        output.Append(json[..length]);
        return length;
    }
}
