using System.Text;
using System.Text.Unicode;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Repairs records that are not valid JSON (RFC 8259): <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> become
/// <c>null</c>; half a surrogate pair and bytes that are not UTF-8 become U+FFFD.
/// </summary>
internal static class RecordRepair
{
    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>True if the record has bytes that are not UTF-8, or an escape that may be half a surrogate pair.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> record) =>
        !Utf8.IsValid(record) || (record.IndexOf((byte)'\\') is var first and >= 0 && HasSurrogate(record[first..]));

    private static bool HasSurrogate(ReadOnlySpan<byte> record) =>
        record.IndexOf("\\u"u8) is var first and >= 0
        && (record[first..].IndexOf("\\ud"u8) >= 0 || record[first..].IndexOf("\\uD"u8) >= 0);

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

    private static int CopyToken(ReadOnlySpan<byte> json, ByteBuffer output, ref bool isInText)
    {
        var word = json.StartsWith("NaN"u8) ? 3 : json.StartsWith("Infinity"u8) ? 8 : json.StartsWith("-Infinity"u8) ? 9 : 0;
        if (word > 0)
        {
            output.Append("null"u8);
            return word;
        }

        isInText = json[0] == (byte)'"';
        output.Append(json[..1]);
        return 1;
    }

    private static int CopyText(ReadOnlySpan<byte> json, ByteBuffer output, ref bool isInText)
    {
        var plain = json.IndexOfAny((byte)'"', (byte)'\\');
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
