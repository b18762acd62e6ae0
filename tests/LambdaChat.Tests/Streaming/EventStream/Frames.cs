using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using LambdaChat.Streaming.EventStream;

namespace LambdaChat.Tests.Streaming.EventStream;

/// <summary>A message copied out of a decoder.</summary>
internal sealed record Message(string Headers, string Payload)
{
    public static Message Copy(EventStreamMessage message)
    {
        var headers = new StringBuilder();
        var reader = message.ReadHeaders();
        while (reader.TryRead(out var header))
        {
            headers.Append($"{Encoding.UTF8.GetString(header.Name)}:{header.Type}={Convert.ToHexString(header.Value)};");
        }

        return new Message(headers.ToString(), Encoding.UTF8.GetString(message.Payload));
    }
}

/// <summary>Frames made by hand, so that a test can break each part and repair the checksums around it.</summary>
internal static class Frames
{
    /// <summary>A string header.</summary>
    public static byte[] Header(string name, string value)
    {
        var block = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteHeader(block, name, value);
        return block.WrittenSpan.ToArray();
    }

    /// <summary>A header of any type: name length, name, type, then the value's bytes as given.</summary>
    public static byte[] Header(string name, byte type, params byte[] value) =>
        [(byte)name.Length, .. Encoding.UTF8.GetBytes(name), type, .. value];

    public static byte[] Frame(byte[] headers, byte[] payload)
    {
        var frame = new byte[16 + headers.Length + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)headers.Length);
        headers.CopyTo(frame, 12);
        payload.CopyTo(frame, 12 + headers.Length);
        return Repair(frame);
    }

    public static byte[] Part(string payload) =>
        Frame(
            [.. Header(":event-type", "PayloadPart"), .. Header(":content-type", "application/octet-stream"),
                .. Header(":message-type", "event")],
            Encoding.UTF8.GetBytes(payload));

    /// <summary>Makes both checksums right again.</summary>
    public static byte[] Repair(byte[] frame)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc32.HashToUInt32(frame.AsSpan(0, 8)));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc32.HashToUInt32(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    public static List<Message> Feed(this EventStreamDecoder decoder, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var messages = new List<Message>();
        decoder.Feed(pieces, messages);
        return messages;
    }

    public static void Feed(this EventStreamDecoder decoder, IEnumerable<ReadOnlyMemory<byte>> pieces, List<Message> messages)
    {
        foreach (var piece in pieces)
        {
            var rest = piece.Span;
            while (!rest.IsEmpty)
            {
                var memory = decoder.GetMemory();
                var count = Math.Min(memory.Length, rest.Length);
                rest[..count].CopyTo(memory.Span);
                decoder.Advance(count);
                rest = rest[count..];
                while (decoder.TryRead(out var message))
                {
                    messages.Add(Message.Copy(message));
                }
            }
        }
    }
}
