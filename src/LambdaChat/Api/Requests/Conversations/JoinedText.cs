using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>Escaped texts joined by an empty line. Empty texts are left out.</summary>
internal sealed class JoinedText
{
    private readonly ByteBuffer _text = new(256);

    public bool IsEmpty => _text.Length == 0;

    /// <summary>The escaped text without quotes.</summary>
    public ReadOnlySpan<byte> Span => _text.Span;

    public ReadOnlyMemory<byte> Memory => _text.Memory;

    /// <summary>The same; null for no text.</summary>
    public ReadOnlyMemory<byte>? Value => IsEmpty ? (ReadOnlyMemory<byte>?)null : _text.Memory;

    public void Add(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.IsEmpty)
        {
            _text.Append(_text.Length > 0 ? "\\n\\n"u8 : default);
            _text.Append(escaped);
        }
    }

    public void Clear() => _text.Clear();
}
