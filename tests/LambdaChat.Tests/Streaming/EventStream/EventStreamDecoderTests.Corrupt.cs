using System.Buffers;
using LambdaChat.Streaming.EventStream;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Streaming.EventStream;

public sealed partial class EventStreamDecoderTests
{
    [Theory]
    [MemberData(nameof(CorruptFrames))]
    public void TryRead_CorruptFrame_FailsAfterTheMessagesBefore(EventStreamError expected, string what, byte[] corrupt)
    {
        foreach (var pieces in Cuts.Of(new byte[][] { Frames.Part("whole"), corrupt, Frames.Part("after") }.SelectMany(f => f).ToArray()))
        {
            using var decoder = new EventStreamDecoder(messageLengthCap: 1000);
            var messages = new List<Message>();

            var error = Assert.Throws<EventStreamException>(() => decoder.Feed(pieces, messages));

            Assert.True(expected == error.Error, what);
            Assert.Equal(["whole"], messages.Select(m => m.Payload));
            Assert.Equal(expected, Assert.Throws<EventStreamException>(() => decoder.TryRead(out _)).Error);
        }
    }

    [Fact]
    public void TryRead_EveryByteOfTheHeadersMutatedAndRepaired_ReadsOrFailsTyped()
    {
        var frame = Frames.Frame(EveryHeaderType, "payload"u8.ToArray());
        for (var position = 12; position < 12 + EveryHeaderType.Length; position++)
        {
            for (var value = 0; value < 256; value++)
            {
                var mutated = (byte[])frame.Clone();
                mutated[position] = (byte)value;
                Frames.Repair(mutated);
                using var decoder = new EventStreamDecoder();
                var messages = new List<Message>();

                var error = Record.Exception(() => decoder.Feed([mutated], messages));

                Assert.True(error is null
                    ? messages.Single().Payload == "payload"
                    : error is EventStreamException { Error: >= EventStreamError.HeaderTruncated });
            }
        }
    }

    [Fact]
    public void GetMemory_HugeLengthDeclared_IsNotAllocatedInAdvance()
    {
        var huge = new byte[12];
        WriteTotal(huge, EventStreamDecoder.MaximumMessageLength);
        Frames.Repair([.. huge, 0, 0, 0, 0]).AsSpan(0, 12).CopyTo(huge);
        using var decoder = new EventStreamDecoder(EventStreamDecoder.MaximumMessageLength);

        Assert.Empty(decoder.Feed([huge]));

        decoder.GetMemory();
        Assert.True(decoder.IsMidMessage);
        Assert.True(decoder.BufferLength <= 64 * 1024);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(EventStreamDecoder.MaximumMessageLength + 1)]
    public void Constructor_CapOutOfRange_IsRefused(int cap) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventStreamDecoder(cap));
}
