using System.Globalization;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>
/// Replaces the escapes of unpaired surrogates in JSON by U+FFFD. Python's JSON parser accepts them, and Hugging Face's tokenizers replace
/// them; System.Text.Json does not read them.
/// </summary>
internal static class JsonSurrogates
{
    private const int EscapeLength = 6; // \uXXXX

    public static byte[] Replace(ReadOnlySpan<byte> json)
    {
        var result = json.ToArray();
        for (var i = 0; i < result.Length; i++)
        {
            if (result[i] != '\\')
            {
                continue;
            }

            if (IsEscape(result, i, char.IsHighSurrogate) && IsEscape(result, i + EscapeLength, char.IsLowSurrogate))
            {
                i += (2 * EscapeLength) - 1;
                continue;
            }

            if (IsEscape(result, i, char.IsSurrogate))
            {
                "\\uFFFD"u8.CopyTo(result.AsSpan(i));
            }

            i++; // The character after a backslash never starts an escape.
        }

        return result;
    }

    private static bool IsEscape(ReadOnlySpan<byte> json, int start, Predicate<char> matches) =>
        start + EscapeLength <= json.Length && json[start] == '\\' && json[start + 1] == 'u' &&
        ushort.TryParse(json.Slice(start + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && matches((char)value);
}
