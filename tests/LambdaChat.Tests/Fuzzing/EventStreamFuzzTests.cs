using System.Buffers.Binary;
using LambdaChat.Streaming.EventStream;
using LambdaChat.Tests.Streaming.EventStream;

namespace LambdaChat.Tests.Fuzzing;

public sealed class EventStreamFuzzTests
{
    private const int MaximumFrame = 700;
    private const int MinimumFrame = 16;

    private static readonly byte[][] Corpus =
    [
        .. Corpora.Records.Take(40).Select(record => Frames.Part($"data: {System.Text.Encoding.UTF8.GetString(record)}\n\n")),
        Frames.Frame([], []),
        Frames.Frame([.. Frames.Header(":exception-type", "ModelStreamError"), .. Frames.Header(":message-type", "exception")],
            "{}"u8.ToArray()),
        Frames.Frame([.. Frames.Header(":error-code", "InternalFailure"), .. Frames.Header(":message-type", "error")], []),
        Frames.Frame(
            [.. Frames.Header("t", 0), .. Frames.Header("b", 2, 1), .. Frames.Header("i", 4, 0, 0, 0, 1),
                .. Frames.Header("a", 6, 0, 1, 9), .. Frames.Header("u", 9, new byte[16])], [1]),
    ];

    [Fact]
    public void Decoder_AnyBytes_AreMessagesOrATypedError() =>
        Fuzz.Run("EventStream", Make, Run, bytes => 32_768 + (8L * bytes.Bytes.Length));

    private static (byte[] Bytes, int[] Cuts) Make(Mutator mutator)
    {
        var isRepaired = mutator.OneIn(2);
        var bytes = new List<byte>();
        for (var i = mutator.Random.Next(1, 5); i > 0; i--)
        {
            var frame = mutator.Next(Corpus, MaximumFrame);
            bytes.AddRange(isRepaired && frame.Length >= MinimumFrame ? Repair(frame, mutator) : frame);
        }

        return ([.. bytes], mutator.Cut(bytes.Count));
    }

    // Mostly with the length that it has now, so that the headers are reached.
    private static byte[] Repair(byte[] frame, Mutator mutator)
    {
        if (!mutator.OneIn(4))
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        }

        return Frames.Repair(frame);
    }

    private static void Run((byte[] Bytes, int[] Cuts) made)
    {
        var (whole, cut) = (new Digest(), new Digest());
        Decode(made.Bytes, [made.Bytes.Length], whole);
        Decode(made.Bytes, made.Cuts, cut);

        Assert.Equal(whole.ToString(), cut.ToString());
    }

    private static void Decode(ReadOnlySpan<byte> bytes, int[] cuts, Digest digest)
    {
        using var decoder = new EventStreamDecoder();
        try
        {
            foreach (var cut in cuts)
            {
                Feed(decoder, bytes[..cut], digest);
                bytes = bytes[cut..];
            }
        }
        catch (EventStreamException exception)
        {
            digest.Failure = exception.Error.ToString();
            Assert.Equal(exception.Error, Assert.Throws<EventStreamException>(() => decoder.TryRead(out _)).Error);
        }

        Assert.InRange(decoder.BufferLength, 0, 4096 + (4 * MaximumFrame * 4));
    }

    private static void Feed(EventStreamDecoder decoder, ReadOnlySpan<byte> bytes, Digest digest)
    {
        while (!bytes.IsEmpty)
        {
            var memory = decoder.GetMemory().Span;
            var count = Math.Min(memory.Length, bytes.Length);
            bytes[..count].CopyTo(memory);
            decoder.Advance(count);
            bytes = bytes[count..];
            while (decoder.TryRead(out var message))
            {
                Assert.InRange(digest.Count, 0, 4 * 4 * MaximumFrame / MinimumFrame);
                AddTo(digest, message);
            }
        }
    }

    private static void AddTo(Digest digest, EventStreamMessage message)
    {
        var headers = message.ReadHeaders();
        var sum = (int)message.Type;
        while (headers.TryRead(out var header))
        {
            sum = (sum * 31) + header.Name.Length + header.Value.Length;
        }

        digest.Add(message.Payload);
        digest.Add([(byte)sum, (byte)(sum >> 8)]);
    }
}
