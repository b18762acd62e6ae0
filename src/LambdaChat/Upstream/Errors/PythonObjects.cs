using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Errors that a server writes as Python prints them, <c>{'error': {'message': "it's full", 'code': None}}</c>, also behind the words
/// <c>Error code: 400 - </c> of OpenAI's SDK for Python.
/// </summary>
internal static class PythonObjects
{
    private const int MaximumLength = 8 * 1024; // A longer text is shown as it is.
    private const string SdkPrefix = "Error code: ";

    /// <summary>Returns the Python object as JSON; null if the text is not an object of literals.</summary>
    public static string? ToJson(string text)
    {
        if (text.Length > MaximumLength || text is not ['{' or '[', ..])
        {
            return null;
        }

        var json = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var length = text[i] is '\'' or '"' ? ReadString(text, i, json)
                : char.IsAsciiLetter(text[i]) ? ReadWord(text, i, json)
                : ReadOther(text[i], json);
            if (length == 0)
            {
                return null;
            }

            i += length;
        }

        return json.ToString();
    }

    /// <summary>Divides a message of OpenAI's SDK for Python into its status and the error's body.</summary>
    public static bool TrySplit(string text, out int status, out string body)
    {
        var start = text.IndexOf(SdkPrefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(" - {", start, StringComparison.Ordinal);
        body = end < 0 ? "" : text[(end + 3)..];
        status = 0;
        return end > 0
            && int.TryParse(text.AsSpan((start + SdkPrefix.Length)..end), NumberStyles.None, CultureInfo.InvariantCulture, out status)
            && status is >= 400 and <= 599;
    }

    private static int ReadOther(char c, StringBuilder json)
    {
        json.Append(c switch { '(' => '[', ')' => ']', _ => c });
        return 1;
    }

    private static int ReadWord(string text, int start, StringBuilder json)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        var word = text[start..end];
        var isPrefix = word is "b" or "u" or "r" && end < text.Length && text[end] is '\'' or '"';
        var value = word switch { "True" => "true", "False" => "false", "None" => "null", "nan" or "inf" => "null", _ => "" };
        json.Append(value);
        return value.Length > 0 || isPrefix ? end - start : 0;
    }

    private static int ReadString(string text, int start, StringBuilder json)
    {
        var value = new StringBuilder();
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == text[start])
            {
                json.Append('"').Append(JsonEncodedText.Encode(value.ToString()).Value).Append('"');
                return i + 1 - start;
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                value.Append(text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => text[i] });
            }
            else
            {
                value.Append(text[i]);
            }
        }

        return 0;
    }
}
