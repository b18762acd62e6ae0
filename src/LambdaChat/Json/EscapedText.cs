using System.Text;

namespace LambdaChat.Json;

/// <summary>A text as it stands between the quotes of a valid JSON string. Half of a surrogate pair may be escaped in it.</summary>
internal static class EscapedText
{
    /// <summary>Decodes a text. An unpaired surrogate stays one.</summary>
    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        while (!escaped.IsEmpty)
        {
            var plain = escaped.IndexOf((byte)'\\') is >= 0 and var next ? next : escaped.Length;
            text.Append(Encoding.UTF8.GetString(escaped[..plain]));
            escaped = escaped[plain..];
            if (!escaped.IsEmpty)
            {
                text.Append(Unit(escaped));
                escaped = escaped[LengthOf(escaped)..];
            }
        }

        return text.ToString();
    }

    /// <summary>The byte offset after a number of UTF-16 code units.</summary>
    /// <param name="units">Not inside a character of four bytes.</param>
    public static int OffsetOf(ReadOnlySpan<byte> escaped, int units)
    {
        var offset = 0;
        while (units > 0 && offset < escaped.Length)
        {
            var length = LengthOf(escaped[offset..]);
            units -= length == 4 && escaped[offset] != (byte)'\\' ? 2 : 1;
            offset += length;
        }

        return offset;
    }

    private static int LengthOf(ReadOnlySpan<byte> escaped) => escaped[0] switch
    {
        (byte)'\\' => JsonText.ReadUnit(escaped) >= 0 ? 6 : 2,
        < 0x80 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    private static char Unit(ReadOnlySpan<byte> escape) => JsonText.ReadUnit(escape) is >= 0 and var unit ? (char)unit : escape[1] switch
    {
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        var other => (char)other,
    };
}
