namespace LambdaChat.Http;

/// <summary>A name or a text of a request as an error message repeats it.</summary>
internal static class Excerpt
{
    private const int MaximumLength = 64;

    /// <summary>The text, cut to 64 characters. A surrogate pair is not divided, and control characters are replaced.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var isCut = text.Length > MaximumLength;
        var length = !isCut ? text.Length : char.IsHighSurrogate(text[MaximumLength - 1]) ? MaximumLength - 1 : MaximumLength;
        var excerpt = string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
        return isCut ? excerpt + "…" : excerpt;
    }
}
