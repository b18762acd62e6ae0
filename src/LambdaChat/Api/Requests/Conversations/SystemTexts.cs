using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// The system texts of a conversation, joined by empty lines, for its one leading system message. A text that repeats an earlier one is
/// left out: some clients send the same text with each turn, and the start of the conversation, which model servers cache, would change.
/// Texts are escaped as in JSON.
/// </summary>
internal sealed class SystemTexts
{
    private const int MaximumCompared = 16; // Of the last texts.

    private readonly ByteBuffer _text = new(256);
    private readonly List<Range> _parts = [];
    private int? _startLength;

    public bool IsEmpty => _text.Length == 0;

    /// <summary>The joined texts without quotes.</summary>
    public ReadOnlySpan<byte> Span => _text.Span;

    /// <summary>The length of those at the start of the conversation, before the first message of the user.</summary>
    public int StartLength => _startLength ?? _text.Length;

    /// <summary>Ends the start of the conversation, unless it has ended.</summary>
    public void EndStart() => _startLength ??= _text.Length;

    /// <summary>Adds a text. An empty one is left out.</summary>
    public void Add(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty || IsRepeated(escaped))
        {
            return;
        }

        _text.Append(_text.Length > 0 ? "\\n\\n"u8 : default);
        _parts.Add(_text.Length..(_text.Length + escaped.Length));
        _text.Append(escaped);
    }

    private bool IsRepeated(ReadOnlySpan<byte> escaped)
    {
        for (var i = Math.Max(0, _parts.Count - MaximumCompared); i < _parts.Count; i++)
        {
            if (_text.Span[_parts[i]].SequenceEqual(escaped))
            {
                return true;
            }
        }

        return false;
    }
}
