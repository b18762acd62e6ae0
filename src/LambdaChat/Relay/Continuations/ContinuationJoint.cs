namespace LambdaChat.Relay.Continuations;

/// <summary>
/// Compares the beginning of a continuation with the text before it, and holds the beginning until it can decide. Some model servers send
/// a continued answer as thinking. Not thread-safe.
/// </summary>
internal sealed class ContinuationJoint(KeptText kept)
{
    private readonly JointFilter _text = new(kept);
    private readonly JointFilter _thinking = new(kept, isStrict: true); // Thinking that may be the continued answer.

    /// <summary>The text before the continuation.</summary>
    public KeptText Kept => kept;

    /// <summary>How the continuation relates to that text.</summary>
    public JointState State { get; private set; } = kept.Sent.Length > 0 ? JointState.Undecided : JointState.Continues;

    /// <summary>True once the continuation is known to continue the text.</summary>
    public bool IsJoined => State == JointState.Continues;

    /// <summary>True if the continuation does not continue the text, so that nothing of it is sent.</summary>
    public bool IsOutOfPlace => State is JointState.Differs or JointState.StartsAnew;

    /// <summary>True if the model server sends the continued answer as thinking.</summary>
    public bool IsMisread { get; private set; }

    /// <summary>
    /// The start of the continuation, if it has other words than the text that was sent; else null. Empty if no answer starts with it.
    /// </summary>
    public string? OtherText => State == JointState.Differs ? _text.Other : null;

    /// <summary>What is new in the beginning of the continuation, escaped as in JSON. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Rest => (IsMisread ? _thinking : _text).Rest;

    /// <summary>Adds a piece while the state is undecided.</summary>
    /// <param name="text">Escaped as in JSON. Empty if the piece has no text.</param>
    /// <param name="isLast">True if no more text follows.</param>
    public void Add(ReadOnlySpan<byte> text, bool isThinking, bool isLast)
    {
        if (!text.IsEmpty)
        {
            Compare(text, isThinking);
        }

        if (isLast && !IsMisread && _text.State == JointState.Undecided)
        {
            End();
        }

        State = IsMisread ? JointState.Continues : _text.State;
    }

    // An answer that follows new thinking still continues the earlier answer.
    private void Compare(ReadOnlySpan<byte> text, bool isThinking)
    {
        if (isThinking == kept.IsInThinking)
        {
            _text.Add(text);
        }
        else if (!isThinking)
        {
            _text.Refuse(); // An answer instead of the thinking.
        }
        else if (_thinking.State == JointState.Undecided)
        {
            _thinking.Add(text);
            IsMisread = _thinking.State == JointState.Continues && _text.IsEmpty && kept.IsInSentence;
        }
    }

    private void End()
    {
        if (_text.IsEmpty && !_thinking.IsEmpty)
        {
            _text.Refuse(); // The continuation consists of new thinking only.
        }

        _text.End();
    }
}
