using System.Buffers;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Relay.Reasoning;

/// <summary>
/// Separates the thinking at the start of a choice's text, <c>&lt;think&gt;…&lt;/think&gt;</c>, from the answer. It serves model servers
/// without a reasoning parser, and performs no I/O. A tag may be split between pieces, so a piece that ends in a part of a tag is held.
/// The first <c>&lt;/think&gt;</c> ends the thinking, as in vLLM's parser. Later tags, and opening tags inside the thinking, are ordinary
/// text. Spans are valid until the next call.
/// Source: https://docs.vllm.ai/en/latest/features/reasoning_outputs.html
/// </summary>
internal sealed class ThinkTags(ThinkMode mode)
{
    private const int MaximumHeld = 4096; // Bytes.

    private readonly ArrayBufferWriter<byte> _held = new(64);
    private State _state = StartOf(mode);
    private bool _isDecided = true; // If true, the next piece replaces the held text.
    private bool _hasTag; // The held text has an opening tag; the thinking starts at _start.
    private int _start;
    private int _end;
    private int _content;

    private enum State
    {
        Start, // Nothing but white space so far; an opening tag may come.
        Opened, // The prompt contains the opening tag; the model may repeat it.
        Thinking,
        Ended, // The model server has sent thinking in a field of its own; the answer may begin with the closing tag.
        Answer,
    }

    private static ReadOnlySpan<byte> Opening => "<think>"u8;

    private static ReadOnlySpan<byte> Closing => "</think>"u8;

    /// <summary>True while the pieces so far wait for the next one.</summary>
    public bool IsHolding => !_isDecided;

    /// <summary>True if all further text is answer, so that it need not be searched.</summary>
    public bool IsAnswer => _isDecided && _state == State.Answer;

    /// <summary>True if thinking comes in a field of its own, so that it need not be searched.</summary>
    public bool IsSeparated => _isDecided && _state is State.Answer or State.Ended;

    /// <summary>True if text without a <c>&lt;</c> is thinking, so that it need not be searched.</summary>
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
    /// False if a text, escaped as in JSON, contains neither a closing tag nor the start of one. This holds for most texts, which then need
    /// not be unescaped.
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

    /// <summary>
    /// Treats further tags as ordinary text, because the model server has a reasoning parser. Only a closing tag at the beginning of the
    /// answer is dropped, which some parsers leave there.
    /// </summary>
    public void TurnOff() => (_state, _isDecided) = (State.Ended, true);

    /// <summary>
    /// Another call continues the text. Pieces that wait are discarded, and tags after the joint come again: the call has only the text
    /// before it. A model that continues an answer may think again. If the text after the joint begins with a tag, the call must repeat it.
    /// </summary>
    public void Continue(KeptText kept)
    {
        _isDecided = true;
        var repeatsTag = BeginsWithTag(kept.Sent.AsSpan(kept.Joint).TrimStart(" \t\r\n"));
        _state = kept.Thinking.Length + kept.Answer.Length == 0 || mode == ThinkMode.Off ? StartOf(mode)
            : !kept.IsInThinking ? repeatsTag ? State.Answer : State.Start
            : _state == State.Ended ? State.Ended
            : repeatsTag ? State.Thinking
            : State.Opened;
    }

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

    /// <summary>Decides the held pieces at the end of the choice. A part of a tag is then ordinary text.</summary>
    public ThinkDecision End() => Decide(isLast: true);

    private static State StartOf(ThinkMode mode) => mode switch
    {
        ThinkMode.Auto => State.Start,
        ThinkMode.Started => State.Opened,
        _ => State.Answer,
    };

    // True also for a part of a tag, if it is longer than the start of any HTML tag.
    private static bool BeginsWithTag(ReadOnlySpan<char> text) =>
        text.StartsWith("<think>") || text.StartsWith("</think>")
        || (text.Length > "</".Length && ("<think>".AsSpan().StartsWith(text) || "</think>".AsSpan().StartsWith(text)));

    private ThinkDecision Decide(bool isLast)
    {
        var decision = _state switch
        {
            State.Start => DecideStart(isLast, otherwise: State.Answer),
            State.Ended => DecideEnded(isLast),
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
        else if (otherwise == State.Answer)
        {
            return DecideEnded(isLast);
        }
        else
        {
            _state = otherwise;
        }

        return DecideThinking(isLast);
    }

    // The prompt contains the opening tag and the model has not thought, or its thinking came in a field of its own.
    private ThinkDecision DecideEnded(bool isLast)
    {
        var text = _held.WrittenSpan.TrimStart(" \t\r\n"u8);
        if (!isLast && text.Length < Closing.Length && Closing.StartsWith(text))
        {
            return ThinkDecision.Held;
        }

        _state = State.Answer;
        if (!text.StartsWith(Closing))
        {
            return ThinkDecision.Content;
        }

        _start = _end = 0;
        _content = _held.WrittenCount - text.Length + Closing.Length;
        return ThinkDecision.Split;
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
