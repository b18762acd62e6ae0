namespace LambdaChat.Relay.Continuations;

/// <summary>Compares texts whose white space may differ: a server may trim a continuation, or write other blanks.</summary>
internal static class LooseComparison
{
    private const int ShortestText = 4; // Characters without white space. A new answer may begin with a shorter text by chance.

    /// <summary>Returns the length of the beginning of a text that equals another text; 0 if it does not.</summary>
    /// <param name="sent">The other text.</param>
    /// <param name="mayMatch">True if more of the text is needed.</param>
    public static int Match(ReadOnlySpan<char> sent, ReadOnlySpan<char> text, out bool mayMatch)
    {
        var (i, j, equal) = (CountBlanks(sent), CountBlanks(text), 0);
        while (i < sent.Length && j < text.Length && sent[i] == text[j])
        {
            (i, j, equal) = (i + 1, j + 1, equal + 1);
            if (CountBlanks(sent[i..]) is > 0 and var sentBlanks && i + sentBlanks < sent.Length
                && CountBlanks(text[j..]) is var textBlanks && (textBlanks > 0 || j == text.Length))
            {
                (i, j) = (i + sentBlanks, j + textBlanks);
            }
        }

        // The blanks at the end were sent, and must be equal: an indentation may follow them.
        mayMatch = j == text.Length && i < sent.Length;
        return i == sent.Length && equal >= ShortestText ? j : 0;
    }

    private static int CountBlanks(ReadOnlySpan<char> text) => text.Length - text.TrimStart().Length;
}
