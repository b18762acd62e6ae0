using System.Buffers;
using System.Text;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Removes from an error text what looks like a secret: the value of a header or a setting that holds one, and tokens with a known prefix.
/// Each character is looked at a fixed number of times.
/// </summary>
internal static class SecretRedactor
{
    private const int MinimumTokenLength = 10; // Characters after the prefix.
    private const int MinimumBearerLength = 16; // A shorter word follows "Bearer" in a sentence.
    private const int MaximumNameLength = 40;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-+/=~%");

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n\"'`,;&)]}>");

    private static readonly string[] Prefixes =
    [
        "hf_", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxs-", "xapp-", "eyJ",
        "nvapi-", "AIza", "sagemaker-api-key-", "bedrock-api-key-", "IQoJ", "FwoG", // The last two begin the session tokens of AWS.
    ];

    // The ends of names, with underscores for hyphens.
    private static readonly string[] Names =
    [
        "authorization", "security_token", "session_token", "access_token", "auth_token", "api_token", "id_token", "refresh_token",
        "hf_token", "bearer_token", "password", "passwd", "secret", "secret_key", "access_key", "access_key_id", "api_key", "apikey",
        "private_key", "signature", "cookie",
    ];

    public static string Redact(string text)
    {
        var output = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var other = rest.IndexOfAny(NameCharacters);
            other = other < 0 ? rest.Length : other;
            output.Append(rest[..other]);
            rest = rest[other..];
            rest = rest[AppendWord(output, rest)..];
        }

        return output.ToString();
    }

    // Appends the word at the start of the text, and returns the length of what it stands for.
    private static int AppendWord(StringBuilder output, ReadOnlySpan<char> text)
    {
        if (FindToken(text) is var start and >= 0)
        {
            output.Append(text[..start]).Append("[token]");
            return start + text.Slice(start, LengthOf(text[start..], TokenCharacters)).TrimEnd('.').Length;
        }

        var name = text[..LengthOf(text, NameCharacters)];
        var (valueStart, valueEnd) = IsSecretName(name) ? FindValue(text, name.Length) : FindBearer(text, name);
        if (valueEnd <= valueStart)
        {
            output.Append(name);
            return name.Length;
        }

        output.Append(text[..valueStart]).Append("[secret]");
        return valueEnd;
    }

    // Where a token starts in the word; -1 without one. A prefix counts at the start of the word and after a sign such as a hyphen, so that
    // words like "task-list" stay.
    private static int FindToken(ReadOnlySpan<char> text)
    {
        var length = LengthOf(text, NameCharacters);
        for (var i = 0; i < length; i++)
        {
            if (i == 0 || !char.IsAsciiLetterOrDigit(text[i - 1]))
            {
                foreach (var prefix in Prefixes)
                {
                    if (text[i..].StartsWith(prefix) && LengthOf(text[i..], TokenCharacters) >= prefix.Length + MinimumTokenLength)
                    {
                        return i;
                    }
                }
            }
        }

        return -1;
    }

    private static bool IsSecretName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaximumNameLength)
        {
            return false;
        }

        Span<char> lower = stackalloc char[MaximumNameLength];
        lower = lower[..name.Length];
        for (var i = 0; i < name.Length; i++)
        {
            lower[i] = name[i] == '-' ? '_' : char.ToLowerInvariant(name[i]);
        }

        foreach (var ending in Names)
        {
            if (lower.EndsWith(ending) && (lower.Length == ending.Length || lower[^(ending.Length + 1)] == '_'))
            {
                return true;
            }
        }

        return false;
    }

    // The value after a name: name=value, "name": "value", name: Scheme value
    private static (int Start, int End) FindValue(ReadOnlySpan<char> text, int nameEnd)
    {
        var sign = nameEnd + Blanks(text[nameEnd..]);
        if (sign >= text.Length || text[sign] is not ('=' or ':'))
        {
            return default;
        }

        var start = sign + 1;
        start += Blanks(text[start..]);
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "Basic ", "AWS4-HMAC-SHA256 "])
        {
            start += text[start..].StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? scheme.Length : 0;
        }

        var end = text[start..].IndexOfAny(ValueEnds);
        return (start, end < 0 ? text.Length : start + end);
    }

    private static (int Start, int End) FindBearer(ReadOnlySpan<char> text, ReadOnlySpan<char> name)
    {
        if (!name.Equals("bearer", StringComparison.OrdinalIgnoreCase) || text.Length == name.Length || text[name.Length] != ' ')
        {
            return default;
        }

        var start = name.Length + 1;
        var length = LengthOf(text[start..], TokenCharacters);
        return length < MinimumBearerLength ? default : (start, start + length);
    }

    // Blanks, quotes and the backslashes of quotes in a JSON text.
    private static int Blanks(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && length < 4 && text[length] is ' ' or '"' or '\'' or '\\')
        {
            length++;
        }

        return length;
    }

    private static int LengthOf(ReadOnlySpan<char> text, SearchValues<char> characters)
    {
        var end = text.IndexOfAnyExcept(characters);
        return end < 0 ? text.Length : end;
    }
}
