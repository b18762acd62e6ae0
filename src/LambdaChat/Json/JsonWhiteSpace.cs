namespace LambdaChat.Json;

/// <summary>White space in the escaped text of a JSON string. All positions are byte offsets.</summary>
internal static class JsonWhiteSpace
{
    /// <summary>True if the text holds white space only, or nothing.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text) => SkipBlanks(text, 0) == text.Length;

    /// <summary>The position after the white space that begins at <paramref name="start"/>.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && BlankLength(text[start..], out _) is var length and > 0)
        {
            start += length;
        }

        return start;
    }

    /// <summary>The position after the last line feed of the white space that begins at <paramref name="start"/>.</summary>
    public static int SkipLineFeeds(ReadOnlySpan<byte> text, int start)
    {
        var end = start;
        while (start < text.Length && BlankLength(text[start..], out var isLineFeed) is var length and > 0)
        {
            start += length;
            end = isLineFeed ? start : end;
        }

        return end;
    }

    /// <summary>The position of the next line end at or after <paramref name="start"/>; the text's length if no line end follows.</summary>
    public static int FindLineEnd(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && text[start..].IndexOf((byte)'\\') is var escape and >= 0)
        {
            start += escape;
            BlankLength(text[start..], out var isLineFeed);
            if (isLineFeed)
            {
                return start;
            }

            start += EscapeLength(text[start..]);
        }

        return text.Length;
    }

    /// <summary>The number of line ends in the white space that begins at <paramref name="start"/>. CR LF is one line end.</summary>
    /// <param name="lineStart">The position after the last of them.</param>
    public static int CountLineEnds(ReadOnlySpan<byte> text, int start, out int lineStart)
    {
        var count = 0;
        var isAfterReturn = false;
        lineStart = start;
        while (start < text.Length && BlankLength(text[start..], out var isLineFeed) is var length and > 0)
        {
            start += length;
            var isReturn = isLineFeed && text[start - 1] is (byte)'r' or (byte)'d' or (byte)'D';
            count += isLineFeed && (isReturn || !isAfterReturn) ? 1 : 0;
            lineStart = isLineFeed ? start : lineStart;
            isAfterReturn = isReturn;
        }

        return count;
    }

    /// <summary>False for a text that does not end in white space with a line feed in it. Looks at the last bytes only.</summary>
    public static bool MayEndInLineFeed(ReadOnlySpan<byte> text) =>
        text is [.., (byte)'\\', (byte)'n' or (byte)'r' or (byte)'t'] or [.., (byte)' '] or [.., (byte)'0', (byte)'0', _, _];

    /// <summary>The position of the first line feed in the white space at the end of the text; the text's length without one.</summary>
    public static int TrimEndLineFeeds(ReadOnlySpan<byte> text, int start)
    {
        if (!MayEndInLineFeed(text[start..]))
        {
            return text.Length;
        }

        for (int cut; (cut = FindLineEnd(text, start)) < text.Length;)
        {
            start = SkipBlanks(text, cut);
            if (start == text.Length)
            {
                return cut;
            }
        }

        return text.Length;
    }

    private static int EscapeLength(ReadOnlySpan<byte> text) => text is [_, (byte)'u', ..] ? 6 : 2;

    // The length of one white space character; 0 if the text begins with another character.
    private static int BlankLength(ReadOnlySpan<byte> text, out bool isLineFeed)
    {
        isLineFeed = text is [(byte)'\\', (byte)'n' or (byte)'r', ..]
            or [(byte)'\\', (byte)'u', (byte)'0', (byte)'0', (byte)'0', (byte)'a' or (byte)'A' or (byte)'d' or (byte)'D', ..];
        return text[0] == (byte)' ' ? 1
            : text[0] != (byte)'\\' || text.Length < 2 ? 0
            : text[1] is (byte)'n' or (byte)'r' or (byte)'t' ? 2
            : isLineFeed || text.StartsWith("\\u0009"u8) || text.StartsWith("\\u0020"u8) ? 6
            : 0;
    }
}
