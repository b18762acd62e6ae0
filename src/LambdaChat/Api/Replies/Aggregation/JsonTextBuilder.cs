using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// A JSON text joined from escaped pieces without their quotes. Nothing is unescaped, so that the halves of a surrogate pair can arrive in
/// two pieces.
/// </summary>
internal sealed class JsonTextBuilder
{
    private ByteBuffer? _text;

    public bool IsEmpty => _text is null || _text.Length <= 1;

    /// <summary>Adds an escaped piece without its quotes; returns the number of bytes kept.</summary>
    public int Add(ReadOnlySpan<byte> escaped)
    {
        Open().Append(escaped);
        return escaped.Length;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        var text = Open();
        text.Append("\""u8);
        writer.WriteRawValue(text.Span, skipInputValidation: true);
    }

    private ByteBuffer Open()
    {
        if (_text is null)
        {
            _text = new ByteBuffer(256);
            _text.Append("\""u8);
        }

        return _text;
    }
}
