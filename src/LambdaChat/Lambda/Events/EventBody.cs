using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace LambdaChat.Lambda.Events;

/// <summary>The body of an event. Its text is unescaped as UTF-8 and never becomes a string.</summary>
internal sealed class EventBody
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>The event member of this name. It can precede or follow the body.</summary>
    public bool IsBase64Encoded { get; set; }

    public void Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Null)
        {
            _bytes = new byte[reader.ValueSpan.Length];
            _length = reader.CopyString(_bytes);
        }
    }

    /// <summary>Decodes Base64. Called after the whole event is read.</summary>
    /// <exception cref="FormatException">The body is not valid Base64.</exception>
    public void Decode()
    {
        if (IsBase64Encoded && Base64.DecodeFromUtf8InPlace(_bytes.AsSpan(0, _length), out _length) != OperationStatus.Done)
        {
            throw new FormatException("The body is not valid Base64.");
        }
    }

    public Stream ToStream() => new MemoryStream(_bytes, 0, _length, writable: false);
}
