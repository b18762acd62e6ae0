using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace LambdaChat.Lambda.Events;

/// <summary>The body of an event. Bytes stay bytes: its text is unescaped, never made a string.</summary>
internal sealed class EventBody
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>May stand in front of the body or behind it.</summary>
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

    /// <summary>Undoes Base64, once the whole event is read.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public void Decode()
    {
        if (IsBase64Encoded && Base64.DecodeFromUtf8InPlace(_bytes.AsSpan(0, _length), out _length) != OperationStatus.Done)
        {
            throw new FormatException();
        }
    }

    public Stream ToStream() => new MemoryStream(_bytes, 0, _length, writable: false);
}
