namespace LambdaChat.Json;

/// <summary>White space in the text of a JSON string, as it is escaped there. All positions are byte offsets.</summary>
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

    /// <summary>False for a text that does not end in white space with a line feed in it. Looks at the last bytes only.</summary>
    public static bool MayEndInLineFeed(ReadOnlySpan<byte> text) =>
        text is [.., (byte)'\\', (byte)'n' or (byte)'r' or (byte)'t'] or [.., (byte)' '] or [.., (byte)'0', (byte)'0', _, _];

    /// <summary>The position of the first line feed of the white space at the end of the text; its length where there is none.</summary>
    public static int TrimEndLineFeeds(ReadOnlySpan<byte> text, int start)
    {
        if (!MayEndInLineFeed(text[start..]))
        {
            return text.Length;
        }

        var cut = -1;
        for (var i = start; i < text.Length;)
        {
            var length = BlankLength(text[i..], out var isLineFeed);
            if (length == 0)
            {
                cut = -1;
                length = LengthOfOthers(text[i..]);
            }
            else if (isLineFeed && cut < 0)
            {
                cut = i;
            }

            i += length;
        }

        return cut < 0 ? text.Length : cut;
    }

    // The length of the text up to the next space or escape; of one escape if it begins with one.
    private static int LengthOfOthers(ReadOnlySpan<byte> text)
    {
        if (text[0] == (byte)'\\')
        {
            return text.Length > 1 && text[1] == (byte)'u' ? 6 : 2;
        }

        var length = text.IndexOfAny((byte)' ', (byte)'\\');
        return length < 0 ? text.Length : length;
    }

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
