using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Continuations;

/// <summary>
/// The thinking and the answer of a running reply, kept for a continuation, each escaped as in JSON. If a text exceeds its
/// maximum length, or after anything other than text, the reply cannot be continued. Not thread-safe.
/// </summary>
internal sealed class TextSoFar
{
    private const int MaximumLength = 512 * 1024; // Bytes of each text.

    private readonly Pieces _thinking = new();
    private readonly Pieces _answer = new();

    /// <summary>False once the text has exceeded its maximum length, or the reply has begun a tool call.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>True before the first text.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>True while the reply has thinking, but no answer.</summary>
    public bool IsInThinking => _answer.Count == 0 && _thinking.Count > 0;

    /// <summary>The number of pieces. Each has at least one token.</summary>
    public int Count => _thinking.Count + _answer.Count;

    /// <summary>Adds a piece. Thinking after the beginning of the answer cannot be continued.</summary>
    public void Add(ReadOnlySpan<byte> escaped, bool isThinking)
    {
        if (IsUsable && ((isThinking && _answer.Count > 0) || !(isThinking ? _thinking : _answer).TryAdd(escaped)))
        {
            Discard();
        }
    }

    /// <summary>Prevents a continuation of this reply.</summary>
    public void Discard()
    {
        IsUsable = false;
        _thinking.Clear();
        _answer.Clear();
    }

    /// <summary>Returns the beginning of the text that a model can continue; null if it can continue none.</summary>
    /// <param name="other">
    /// The beginning of a continuation with other words; null if there was none. With it, the whole text is kept, even if its last word
    /// is incomplete.
    /// </param>
    public KeptText? Cut(string? other = null)
    {
        var current = IsInThinking ? _thinking : _answer;
        var sent = EscapedText.Decode(current.Text);
        if (!IsUsable || (sent.Length > 0 && char.IsHighSurrogate(sent[^1])) // The client has half of a character.
            || (other is not null ? Joint.FindEnd(sent) : Joint.Find(sent, current.FindStarts(sent.Length))) is not { } joint)
        {
            return null;
        }

        var length = EscapedText.OffsetOf(current.Text, joint);
        return new KeptText(sent, joint)
        {
            Thinking = (IsInThinking ? current.Text[..length] : _thinking.Text).ToArray(),
            Answer = IsInThinking ? [] : current.Text[..length].ToArray(),
            IsInThinking = IsInThinking,
            Other = other,
            Tokens = Count - current.CountFrom(length),
            PromptTokens = Count - current.CountFrom(length) + (current.IsCut(length) ? 1 : 0),
            ThinkingTokens = _thinking.Count - (IsInThinking ? current.CountFrom(length) : 0),
        };
    }

    // A text, with the offsets of its last pieces.
    private sealed class Pieces
    {
        private readonly ByteBuffer _text = new(1024, MaximumLength);
        private readonly int[] _starts = new int[32];

        public int Count { get; private set; }

        public ReadOnlySpan<byte> Text => _text.Span;

        public bool TryAdd(ReadOnlySpan<byte> escaped)
        {
            _starts[Count % _starts.Length] = _text.Length;
            Count++;
            return _text.TryAppend(escaped);
        }

        /// <summary>The UTF-16 offsets of the last pieces.</summary>
        /// <param name="length">The UTF-16 length of the text.</param>
        public HashSet<int> FindStarts(int length) =>
            [.. Starts().Select(start => length - EscapedText.Decode(_text.Span[start..]).Length)];

        /// <summary>The number of pieces that end after an offset, as far as the starts of pieces are known.</summary>
        public int CountFrom(int offset) =>
            offset == _text.Length ? 0
            : offset == 0 ? Count
            : Starts().Count(start => start > offset) + 1;

        /// <summary>True for an offset inside a piece. Pieces before the last ones are not known.</summary>
        public bool IsCut(int offset) => offset > 0 && offset < _text.Length && !Starts().Contains(offset);

        public void Clear() => _text.Clear();

        private IEnumerable<int> Starts() => _starts.Take(Count);
    }
}
