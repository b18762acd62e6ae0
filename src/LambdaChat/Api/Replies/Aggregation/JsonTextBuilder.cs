using System.Buffers;
using System.Text.Json;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// A JSON text joined from escaped pieces without their quotes. Nothing is unescaped, so that the halves of a surrogate pair can arrive in
/// two pieces.
/// </summary>
internal sealed class JsonTextBuilder
{
    private ArrayBufferWriter<byte>? _text;

    public bool IsEmpty => _text is null || _text.WrittenCount <= 1;

    /// <summary>Adds an escaped piece without its quotes; returns the number of bytes kept.</summary>
    public int Add(ReadOnlySpan<byte> escaped)
    {
        Open().Write(escaped);
        return escaped.Length;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        var text = Open();
        text.Write("\""u8);
        writer.WriteRawValue(text.WrittenSpan, skipInputValidation: true);
    }

    private ArrayBufferWriter<byte> Open()
    {
        if (_text is null)
        {
            _text = new ArrayBufferWriter<byte>(256);
            _text.Write("\""u8);
        }

        return _text;
    }
}
