using System.Buffers;
using System.Globalization;

namespace LambdaChat.Relay.Continuations;

/// <summary>
/// Compares the beginning of a continuation with the text that was sent. The continuation must repeat the text that was sent
/// after the joint. Some servers repeat more: the last words, or the whole message. Not thread-safe.
/// </summary>
/// <param name="isStrict">True if also white space must be equal.</param>
internal sealed class JointCheck(KeptText kept, bool isStrict = false)
{
    private const int MaximumRepetition = 512; // UTF-16 code units before the joint that a server may repeat.
    private const int MaximumLength = 64 * 1024; // UTF-16 code units of a continuation that are compared.
    private const int ShortestBeginning = 16; // Characters that identify a new answer.
    private const int ShortestOther = 2; // Characters: one such as 的 often follows with and without the word before it.

    private readonly ArrayBufferWriter<char> _text = new();
    private bool _isOfSent = true; // The text so far is the beginning of the text that was sent.

    public JointState State { get; private set; }

    /// <summary>
    /// The number of UTF-16 code units at the start of the continuation that were already sent. Valid if it continues the text.
    /// </summary>
    public int Repeated { get; private set; }

    /// <summary>
    /// The text with which a new answer would start again, if the text differs. Empty if no answer starts with it, as with a blank or a
    /// full stop inside a sentence.
    /// </summary>
    public string Other => MayStartAnswer(_text.WrittenSpan) ? _text.WrittenSpan.ToString() : "";

    /// <summary>Adds the next piece.</summary>
    public void Add(string piece)
    {
        _isOfSent = _isOfSent && kept.Sent.AsSpan(_text.WrittenCount).StartsWith(piece);
        _text.Write(piece);
        Decide(isLast: false);
    }

    /// <summary>The continuation has ended.</summary>
    public void End() => Decide(isLast: true);

    private void Decide(bool isLast)
    {
        var text = _text.WrittenSpan;
        var behind = kept.Sent.AsSpan(kept.Joint);
        if (kept.Other is { Length: > 0 } other && text.StartsWith(other))
        {
            State = JointState.StartsAnew;
            return;
        }

        if (behind.Length > 0 && text.StartsWith(behind))
        {
            Continue(behind.Length);
            return;
        }

        // A text that repeats itself also begins like its last words, so the whole message is compared before those.
        if (kept.Sent.Length > 0 && text.StartsWith(kept.Sent))
        {
            Continue(kept.Sent.Length);
            return;
        }

        var mayRepeat = _isOfSent && text.Length <= MaximumLength;
        if (isLast || !mayRepeat)
        {
            mayRepeat = kept.Other is { } start && start.AsSpan().StartsWith(text);
            if (TryFind(text, isLoose: false, isLast, ref mayRepeat)
                || (!isStrict && (isLast || !mayRepeat) && TryFind(text, isLoose: true, isLast, ref mayRepeat)))
            {
                return;
            }
        }

        if (isLast || !mayRepeat || text.Length > MaximumLength)
        {
            DecideOther(text, isLast);
        }
    }

    // Searches the start of the continuation for the end of the sent text, from a position before the joint. Without text after the joint,
    // only a repetition of the whole message is recognized.
    private bool TryFind(ReadOnlySpan<char> text, bool isLoose, bool isLast, ref bool mayRepeat)
    {
        var found = 0;
        for (var start = kept.Joint < kept.Sent.Length ? kept.Joint : -1; start >= 0; start = NextStart(start))
        {
            var sent = kept.Sent.AsSpan(start);
            var mayMatch = false;
            var length = !isLoose ? (text.StartsWith(sent) ? sent.Length : 0)
                : start == kept.Joint || start == 0 || char.IsWhiteSpace(sent[0]) ? LooseComparison.Match(sent, text, out mayMatch)
                : 0;
            mayRepeat |= mayMatch || (!isLoose && sent.StartsWith(text));
            found = length > 0 ? length : found;
            if (length > 0 && !isLoose)
            {
                break; // If white space must be equal, the shortest repetition counts, otherwise the longest.
            }
        }

        if (found == 0 || (isLoose && mayRepeat && !isLast))
        {
            return false;
        }

        Continue(found);
        return true;
    }

    // Goes back from the joint up to the maximum, and then to the start of the text.
    private int NextStart(int start) =>
        start > 0 && kept.Joint - start >= MaximumRepetition ? 0
        : start - 1;

    private void Continue(int repeated) => (State, Repeated) = (JointState.Continues, repeated);

    private void DecideOther(ReadOnlySpan<char> text, bool isLast)
    {
        if (kept.Joint == 0)
        {
            State = kept.Sent.Length == 0 ? JointState.Continues : JointState.Differs;
        }
        else if (text.CommonPrefixLength(kept.Sent) >= ShortestBeginning)
        {
            State = JointState.StartsAnew;
        }
        else if (kept.Joint == kept.Sent.Length)
        {
            State = JointState.Continues;
        }
        else if (!isLast && text.Length < ShortestOther && MayStartAnswer(text))
        {
            // More text is needed for the comparison with a further call.
        }
        else
        {
            State = text.Length == 0 || MayFollow(text[0], kept.Sent[kept.Joint - 1]) ? JointState.Differs : JointState.StartsAnew;
        }
    }

    private bool MayStartAnswer(ReadOnlySpan<char> text) => text.Length > 0 && (kept.Joint == 0
        || (Joint.IsIdeograph(text[0])
            && char.GetUnicodeCategory(text[0]) is not (UnicodeCategory.OtherPunctuation or UnicodeCategory.ClosePunctuation)));

    // Inside a sentence, another word begins with a blank. A new answer begins with a letter or a line feed. Between ideographs, only a
    // further call can distinguish them.
    private static bool MayFollow(char first, char last) => Joint.IsIdeograph(last)
        ? Joint.IsIdeograph(first)
        : char.IsLetterOrDigit(last) && first is ' ' or ',' or '.' or ';' or ':' or ')';
}
