using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Continuations;

/// <summary>Holds the beginning of a continuation until it is compared, and removes text that was already sent. Not thread-safe.</summary>
/// <param name="isStrict">True if also white space must be equal.</param>
internal sealed class JointFilter(KeptText kept, bool isStrict = false)
{
    private readonly JointCheck _check = new(kept, isStrict);
    private readonly ByteBuffer _held = new(256);
    private bool _isRefused;

    public JointState State => _isRefused ? JointState.StartsAnew : _check.State;

    /// <inheritdoc cref="JointCheck.Other"/>
    public string Other => _check.Other;

    /// <summary>True before the first text.</summary>
    public bool IsEmpty => _held.Length == 0;

    /// <summary>The new text of a continuation, escaped as in JSON. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Rest =>
        State == JointState.Continues ? _held.Span[EscapedText.OffsetOf(_held.Span, _check.Repeated)..] : default;

    /// <summary>Adds a piece, escaped as in JSON, while the state is undecided.</summary>
    public void Add(ReadOnlySpan<byte> escaped)
    {
        _held.Append(escaped);
        _check.Add(EscapedText.Decode(escaped));
    }

    /// <summary>The continuation has text of another kind: an answer instead of thinking, or the reverse.</summary>
    public void Refuse() => _isRefused = true;

    /// <summary>The text has ended.</summary>
    public void End() => _check.End();
}
