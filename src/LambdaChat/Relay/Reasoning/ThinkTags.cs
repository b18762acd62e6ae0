using System.Buffers;
using LambdaChat.Models;

namespace LambdaChat.Relay.Reasoning;

/// <summary>
/// Tells thinking from answer in the text of one choice where the model server has no reasoning parser: <c>&lt;think&gt;…&lt;/think&gt;</c>
/// at its beginning. Pure: UTF-8 in, verdict out. Tags are found across any border; a piece that ends in a part of one is held whole, so
/// that no piece is cut without need. The first <c>&lt;/think&gt;</c> ends the thinking, as in vLLM's parser; tags after it, and opening
/// tags inside, are ordinary text. Spans are valid until the next call.
/// Source: https://docs.vllm.ai/en/latest/features/reasoning_outputs.html
/// </summary>
internal sealed class ThinkTags(ThinkMode mode)
{
    private const int MaximumHeld = 4096;

    private readonly ArrayBufferWriter<byte> _held = new(64);
    private State _state = mode switch { ThinkMode.Auto => State.Start, ThinkMode.Started => State.Opened, _ => State.Answer };
    private bool _isDecided = true; // What is in _held belongs to the verdict before.
    private bool _hasTag; // An opening tag stood in what is held; the thinking starts at _start.
    private int _start;
    private int _end;
    private int _content;

    private enum State
    {
        Start, // Nothing but white space so far; an opening tag may come.
        Opened, // The prompt holds the opening tag; the model may repeat it.
        Thinking,
        Answer,
    }

    private static ReadOnlySpan<byte> Opening => "<think>"u8;

    private static ReadOnlySpan<byte> Closing => "</think>"u8;

    /// <summary>True while the pieces before wait for the next one.</summary>
    public bool IsHolding => !_isDecided;

    /// <summary>True where all further text is answer: nobody has to ask any more.</summary>
    public bool IsAnswer => _isDecided && _state == State.Answer;

    /// <summary>True where text without a <c>&lt;</c> is thinking: nobody has to ask.</summary>
    public bool IsThinking => _isDecided && _state == State.Thinking;

    /// <summary>After <see cref="ThinkDecision.Split"/>: where the answer begins in the text since the pieces before it.</summary>
    public int ContentStart => _content;

    /// <summary>After <see cref="ThinkDecision.Split"/>: the thinking in a part of the text, UTF-8.</summary>
    public ReadOnlySpan<byte> ReasoningIn(int start, int end) =>
        _held.WrittenSpan[Math.Clamp(start, _start, _end)..Math.Clamp(end, _start, _end)];

    /// <summary>After <see cref="ThinkDecision.Split"/>: the answer in a part of the text, UTF-8.</summary>
    public ReadOnlySpan<byte> ContentIn(int start, int end) =>
        _held.WrittenSpan[Math.Clamp(start, _content, _held.WrittenCount)..Math.Clamp(end, _content, _held.WrittenCount)];

    /// <summary>
    /// False for a text that surely holds no closing tag nor a beginning of one, given as it stands in JSON: most texts, and then nobody
    /// has to take it apart.
    /// </summary>
    public static bool MayHoldTag(ReadOnlySpan<byte> escaped)
    {
        for (var open = escaped.IndexOf((byte)'<'); open >= 0; open = escaped.IndexOf((byte)'<'))
        {
            escaped = escaped[open..];
            var length = Math.Min(escaped.Length, Closing.Length);
            if (Closing.StartsWith(escaped[..length]) || (escaped.Length > 1 && escaped[1] == '\\'))
            {
                return true;
            }

            escaped = escaped[1..];
        }

        return escaped.IndexOf("\\u"u8) >= 0; // Any character, escaped.
    }

    /// <summary>The model server has a reasoning parser after all: tags are ordinary text from here on.</summary>
    public void TurnOff() => (_state, _isDecided) = (State.Answer, true);

    /// <summary>Takes the next piece of text, which is not empty.</summary>
    public ThinkDecision Feed(ReadOnlySpan<byte> text)
    {
        if (_isDecided)
        {
            _held.ResetWrittenCount();
            (_isDecided, _hasTag) = (false, false);
            _start = 0;
        }

        _held.Write(text);
        return Decide(isLast: _held.WrittenCount >= MaximumHeld);
    }

    /// <summary>The choice has ended while pieces were held: they are what they look like.</summary>
    public ThinkDecision End() => Decide(isLast: true);

    private ThinkDecision Decide(bool isLast)
    {
        var decision = _state switch
        {
            State.Start => DecideStart(isLast, otherwise: State.Answer),
            State.Opened => DecideStart(isLast, otherwise: State.Thinking),
            State.Thinking => DecideThinking(isLast),
            _ => ThinkDecision.Content,
        };
        _isDecided = decision != ThinkDecision.Held;
        return decision;
    }

    private ThinkDecision DecideStart(bool isLast, State otherwise)
    {
        var text = _held.WrittenSpan.TrimStart(" \t\r\n"u8);
        if (text.StartsWith(Opening))
        {
            (_state, _hasTag) = (State.Thinking, true);
            _start = _held.WrittenCount - text.Length + Opening.Length;
        }
        else if (!isLast && Opening.StartsWith(text))
        {
            return ThinkDecision.Held;
        }
        else
        {
            _state = otherwise;
        }

        return _state == State.Thinking ? DecideThinking(isLast) : ThinkDecision.Content;
    }

    private ThinkDecision DecideThinking(bool isLast)
    {
        var text = _held.WrittenSpan[_start..];
        var closing = text.IndexOf(Closing);
        if (closing >= 0)
        {
            _state = State.Answer;
            _end = _start + closing;
            _content = _end + Closing.Length;
            return ThinkDecision.Split;
        }

        if (!isLast && EndsInPartOfTag(text))
        {
            return ThinkDecision.Held;
        }

        _end = _content = _held.WrittenCount;
        return _hasTag ? ThinkDecision.Split : ThinkDecision.Reasoning;
    }

    private static bool EndsInPartOfTag(ReadOnlySpan<byte> text)
    {
        for (var length = Math.Min(Closing.Length - 1, text.Length); length > 0; length--)
        {
            if (Closing.StartsWith(text[^length..]))
            {
                return true;
            }
        }

        return false;
    }
}
