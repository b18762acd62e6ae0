using System.Buffers;
using System.Text.Json;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// A JSON text joined from pieces as they stand between their quotes: nothing is unescaped, and a surrogate pair whose halves came in two
/// pieces is one again.
/// </summary>
internal sealed class JsonTextBuilder
{
    private ArrayBufferWriter<byte>? _text;

    public bool IsEmpty => _text is null || _text.WrittenCount <= 1;

    /// <summary>Takes what stands between a piece's quotes; returns the bytes kept.</summary>
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
