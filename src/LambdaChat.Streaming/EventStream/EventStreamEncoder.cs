using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace LambdaChat.Streaming.EventStream;

/// <summary>
/// Writes messages as <see cref="EventStreamDecoder"/> reads them.
/// Format: https://smithy.io/2.0/aws/amazon-eventstream.html
/// </summary>
public static class EventStreamEncoder
{
    private const int PreludeLength = 12;
    private const int ChecksumLength = 4;

    /// <summary>Writes one message from a header block made with <see cref="WriteHeader"/> and a payload.</summary>
    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var total = PreludeLength + headers.Length + payload.Length + ChecksumLength;
        var message = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)total);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], (uint)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.HashToUInt32(message[..8]));
        headers.CopyTo(message[PreludeLength..]);
        payload.CopyTo(message[(PreludeLength + headers.Length)..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[^ChecksumLength..], Crc32.HashToUInt32(message[..^ChecksumLength]));
        output.Advance(total);
    }

    /// <summary>Writes one string header to a header block. The name has at most 255 bytes of UTF-8, the value 65,535.</summary>
    /// <exception cref="OverflowException">The name or the value is longer.</exception>
    public static void WriteHeader(IBufferWriter<byte> block, string name, string value)
    {
        var nameLength = checked((byte)Encoding.UTF8.GetByteCount(name));
        var valueLength = checked((ushort)Encoding.UTF8.GetByteCount(value));
        var length = nameLength + valueLength + 4;
        var header = block.GetSpan(length);
        header[0] = nameLength;
        Encoding.UTF8.GetBytes(name, header[1..]);
        header[nameLength + 1] = (byte)EventStreamHeaderType.String;
        BinaryPrimitives.WriteUInt16BigEndian(header[(nameLength + 2)..], valueLength);
        Encoding.UTF8.GetBytes(value, header[(nameLength + 4)..]);
        block.Advance(length);
    }

    /// <summary>Writes a message of <c>:message-type</c> <c>event</c>.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, string eventType, string contentType, ReadOnlySpan<byte> payload) =>
        Write(output, [(":event-type", eventType), (":content-type", contentType), (":message-type", "event")], payload);

    /// <summary>Writes a message of <c>:message-type</c> <c>exception</c>; the payload is its JSON description.</summary>
    public static void WriteException(IBufferWriter<byte> output, string exceptionType, ReadOnlySpan<byte> payload) =>
        Write(output, [(":exception-type", exceptionType), (":content-type", "application/json"), (":message-type", "exception")], payload);

    /// <summary>Writes a message of <c>:message-type</c> <c>error</c>, which has no payload.</summary>
    public static void WriteError(IBufferWriter<byte> output, string code, string message) =>
        Write(output, [(":error-code", code), (":error-message", message), (":message-type", "error")], []);

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        var block = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in headers)
        {
            WriteHeader(block, name, value);
        }

        WriteMessage(output, block.WrittenSpan, payload);
    }
}
