using System.Globalization;

namespace LambdaChat.Relay.Continuations;

/// <summary>
/// Finds where a model can continue a text. If a text ends inside a word, or with a blank or one line feed, a tokenizer divides it
/// differently than the model did, and the continuation may be wrong. The client already has the text after the joint, so the continuation
/// must repeat it.
/// </summary>
internal static class Joint
{
    private const int MaximumDistance = 512; // UTF-16 code units between the joint and the end of the text.
    private const int MaximumTagLength = 64;
    private const char ZeroWidthJoiner = '\u200D';

    /// <summary>Returns the last safe offset before the end of the text, 0 for the start, or null if none is near the end.</summary>
    /// <param name="starts">The offsets at which pieces of the stream started.</param>
    public static int? Find(string text, IReadOnlySet<int> starts)
    {
        var first = Math.Max(0, text.Length - MaximumDistance);
        var hasWord = false; // Whether more than white space follows the offset, which a model may repeat by chance.
        for (var offset = text.Length - 1; offset > first; offset--)
        {
            hasWord |= !char.IsWhiteSpace(text[offset]);
            if (hasWord && (starts.Contains(offset) || IsEndOfWord(text, offset)) && IsSafe(text, offset))
            {
                return offset;
            }
        }

        return first == 0 ? 0 : null;
    }

    /// <summary>Returns the end of the text, or null if the model cannot continue there.</summary>
    public static int? FindEnd(string text) =>
        text.Length == 0 || (!EndsInBlank(text) && !char.IsHighSurrogate(text[^1]) && !IsInTag(text, text.Length)) ? text.Length : null;

    /// <summary>True for a Chinese or Japanese character, and for their punctuation.</summary>
    public static bool IsIdeograph(char c) =>
        c is (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF01' and <= '\uFF60');

    // The character after a word shows that the word has ended. Each Chinese or Japanese character is a word.
    private static bool IsEndOfWord(string text, int offset) =>
        char.IsWhiteSpace(text[offset]) || IsIdeograph(text[offset]) || IsIdeograph(text[offset - 1]) || text[offset - 1] == '\n';

    private static bool IsSafe(string text, int offset) =>
        !EndsInBlank(text.AsSpan(0, offset)) && IsBetweenCharacters(text, offset) && !IsInTag(text, offset);

    // Two line feeds at the end are not a blank: tokenizers read a blank line as one token.
    private static bool EndsInBlank(ReadOnlySpan<char> text) =>
        char.IsWhiteSpace(text[^1]) && !text.EndsWith("\n\n", StringComparison.Ordinal);

    private static bool IsBetweenCharacters(string text, int offset) =>
        !char.IsLowSurrogate(text[offset]) && !char.IsHighSurrogate(text[offset - 1])
        && text[offset] != ZeroWidthJoiner && text[offset - 1] != ZeroWidthJoiner
        && char.GetUnicodeCategory(text[offset]) is not (
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);

    private static bool IsInTag(string text, int offset)
    {
        var from = Math.Max(0, offset - MaximumTagLength);
        var before = text.AsSpan(from..offset);
        var open = before.LastIndexOf('<');
        return open >= 0 && before[open..].IndexOf('>') < 0 && (open + 1 == text.Length || !char.IsWhiteSpace(text[from + open + 1]));
    }
}
