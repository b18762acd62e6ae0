using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Arguments that the server has serialized twice: a JSON string whose text is the object. It removes the outer string, over any cut
/// between the pieces. The pieces are escaped as in a JSON string, and so is the text. Other strings pass unchanged.
/// Source: https://github.com/vllm-project/vllm/pull/54964
/// </summary>
internal sealed class QuotedArguments
{
    private const int MaximumStart = 64; // Bytes before the object.

    private readonly ByteBuffer _text = new(256);
    private readonly ByteBuffer _held = new(64); // The start, then an escape or a pair of escapes whose end is missing.
    private State _state;

    private enum State
    {
        Start,
        Begun, // After the quote.
        Inside,
        Escape,
        Hex,
        End,
        Other,
    }

    /// <summary>True while the text may be an object, or another string.</summary>
    public bool IsUndecided => _state is State.Start or State.Begun;

    /// <summary>True if the text is not an object in a string.</summary>
    public bool IsOther => _state == State.Other;

    /// <summary>True if the arguments may begin a string.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> escaped) =>
        escaped[JsonWhiteSpace.SkipBlanks(escaped, 0)..] is [(byte)'\\', (byte)'"' or (byte)'u', ..];

    /// <summary>Returns the text of a piece. It is valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> escaped)
    {
        _text.Clear();
        for (var i = 0; i < escaped.Length;)
        {
            var length = escaped[i] != (byte)'\\' ? 1 : escaped[(i + 1)..] is [(byte)'u', ..] ? 6 : 2;
            Step(escaped.Slice(i, Math.Min(length, escaped.Length - i)));
            i += length;
        }

        return _text.Span;
    }

    private void Step(ReadOnlySpan<byte> token)
    {
        var b = JsonProgress.Decode(token);
        switch (_state)
        {
            case State.Start or State.Begun:
                StepStart(token, b);
                break;
            case State.Escape:
                StepEscape(token, b);
                break;
            case State.Hex:
                StepHex(token, b);
                break;
            case State.Inside:
                StepInside(token, b);
                break;
            case State.Other:
                _text.Append(token);
                break;
        }
    }

    private void StepStart(ReadOnlySpan<byte> token, byte b)
    {
        _held.Append(token);
        if (b == (byte)'"' && _state == State.Start)
        {
            _state = State.Begun;
        }
        else if (b == (byte)'{' && _state == State.Begun)
        {
            _held.Clear();
            _text.Append(token);
            _state = State.Inside;
        }
        else if (b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') || _held.Length > MaximumStart)
        {
            Release(State.Other);
        }
    }

    private void StepInside(ReadOnlySpan<byte> token, byte b)
    {
        if (b == (byte)'\\')
        {
            _state = State.Escape;
            return;
        }

        Release(b == (byte)'"' ? State.End : State.Inside);
        _text.Append(_state == State.End ? default : token);
    }

    private void StepEscape(ReadOnlySpan<byte> token, byte b)
    {
        if (b == (byte)'u')
        {
            _held.Append("\\u"u8);
            _state = State.Hex;
            return;
        }

        Release(State.Inside);
        if ("\"\\/bfnrt"u8.Contains(b))
        {
            _text.Append([(byte)'\\', b]);
        }
        else
        {
            _text.Append("\\\\"u8); // It is no escape. The client needs valid JSON.
            _text.Append(token);
        }
    }

    private void StepHex(ReadOnlySpan<byte> token, byte b)
    {
        if (!char.IsAsciiHexDigit((char)b))
        {
            var start = _held.Length > JsonText.EscapeLength ? JsonText.EscapeLength : 0;
            _text.Append(_held.Span[..start]);
            _text.Append("\\"u8); // It is no escape.
            _text.Append(_held.Span[start..]);
            _held.Clear();
            _state = State.Inside;
            StepInside(token, b);
            return;
        }

        _held.Append([b]);
        if (_held.Length == JsonText.EscapeLength && char.IsHighSurrogate((char)Math.Max(0, JsonText.ReadUnit(_held.Span))))
        {
            _state = State.Inside; // The other half of the character may be in the next piece.
        }
        else if (_held.Length % JsonText.EscapeLength == 0)
        {
            Release(State.Inside);
        }
    }

    private void Release(State next)
    {
        _text.Append(_held.Span);
        _held.Clear();
        _state = next;
    }
}
