using System.Buffers.Binary;
using System.Text;
using LambdaChat.Streaming.EventStream;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Streaming.EventStream;

public sealed partial class EventStreamDecoderTests
{
    private static readonly byte[] EveryHeaderType =
    [
        .. Frames.Header("t", 0), .. Frames.Header("f", 1), .. Frames.Header("byte", 2, 0x7F), .. Frames.Header("short", 3, 1, 2),
        .. Frames.Header("int", 4, 1, 2, 3, 4), .. Frames.Header("long", 5, 1, 2, 3, 4, 5, 6, 7, 8),
            .. Frames.Header("bytes", 6, 0, 2, 0xAA, 0xBB),
        .. Frames.Header("string", "文"), .. Frames.Header("time", 8, 0, 0, 1, 2, 3, 4, 5, 6),
        .. Frames.Header("uuid", 9, [.. Enumerable.Range(0, 16).Select(i => (byte)i)]), .. Frames.Header("empty", ""),
    ];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(16, 0)]
    public void GetMemory_AfterAReadThatFilledTheBuffer_IsLarger(int free, int expected)
    {
        using var decoder = new EventStreamDecoder();
        var first = decoder.GetMemory();
        for (var start = 0; start < first.Length - free; start += 16)
        {
            Frames.Frame([], []).CopyTo(first[start..]);
        }

        decoder.Advance(first.Length - free);
        while (decoder.TryRead(out _))
        {
        }

        Assert.Equal(expected, Math.Sign(decoder.GetMemory().Length - first.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryRelease_AfterAMessage_KeepsOnlyTheStartOfTheNext(int rest)
    {
        using var decoder = new EventStreamDecoder();
        var frame = Frames.Frame([], new byte[4]);
        var messages = decoder.Feed([.. new[] { frame, frame[..rest] }.Select(piece => (ReadOnlyMemory<byte>)piece)]);

        var mayWait = decoder.TryRelease();

        Assert.True(mayWait);
        Assert.Single(messages);
        Assert.Equal(rest > 0, decoder.BufferLength > 0);
        Assert.Single(decoder.Feed([frame.AsMemory(rest)]));
    }

    [Fact]
    public void TryRead_AnyCut_GivesEveryMessage()
    {
        byte[] stream =
        [
            .. Frames.Part("data: {\"a\":\"你好 🤔\"}\n\n"), .. Frames.Frame([], []), .. Frames.Frame(EveryHeaderType, "x"u8.ToArray()),
            .. Frames.Part(new string('y', 300)),
        ];
        Message[] expected =
        [
            new(PartHeaders, "data: {\"a\":\"你好 🤔\"}\n\n"),
            new("", ""),
            new(
                "t:BooleanTrue=;f:BooleanFalse=;byte:Byte=7F;short:Int16=0102;int:Int32=01020304;long:Int64=0102030405060708;bytes:ByteArray=AABB;" +
                "string:String=E69687;time:Timestamp=0000010203040506;uuid:Uuid=000102030405060708090A0B0C0D0E0F;empty:String=;",
                "x"),
            new(PartHeaders, new string('y', 300)),
        ];
        foreach (var pieces in Cuts.Of(stream))
        {
            using var decoder = new EventStreamDecoder();

            Assert.Equal(expected, decoder.Feed(pieces));
            Assert.False(decoder.IsMidMessage);
        }
    }

    [Fact]
    public void IsMidMessage_InputEndsInsideAFrame_IsTrue()
    {
        var frame = Frames.Part("x");
        for (var length = 1; length < frame.Length; length++)
        {
            using var decoder = new EventStreamDecoder();

            Assert.Equal(2, decoder.Feed([frame, frame, frame.AsMemory(0, length)]).Count);
            Assert.True(decoder.IsMidMessage);
        }
    }

    public static TheoryData<EventStreamError, string, byte[]> CorruptFrames { get; } = new()
    {
        { EventStreamError.PreludeChecksumMismatch, "prelude CRC", Broken(frame => frame[8] ^= 1, repair: false) },
        { EventStreamError.PreludeChecksumMismatch, "length without its CRC", Broken(frame => frame[3] ^= 1, repair: false) },
        { EventStreamError.PreludeChecksumMismatch, "huge length without its CRC", Broken(frame => frame[0] = 0x7F, repair: false) },
        { EventStreamError.MessageChecksumMismatch, "message CRC", Broken(frame => frame[^1] ^= 1, repair: false) },
        { EventStreamError.MessageChecksumMismatch, "payload", Broken(frame => frame[^5] ^= 1, repair: false) },
        { EventStreamError.MessageChecksumMismatch, "header", Broken(frame => frame[14] ^= 1, repair: false) },
        { EventStreamError.LengthTooSmall, "total 15", Broken(frame => WriteTotal(frame, 15)) },
        { EventStreamError.LengthTooSmall, "total 0", Broken(frame => WriteTotal(frame, 0)) },
        { EventStreamError.LengthTooLarge, "above the cap", Broken(frame => WriteTotal(frame, 1001)) },
        { EventStreamError.LengthTooLarge, "4 GiB", Broken(frame => WriteTotal(frame, uint.MaxValue)) },
        { EventStreamError.HeadersLengthInvalid, "headers longer than the message",
            Broken(frame => WriteHeaders(frame, (uint)frame.Length - 15)) },
        { EventStreamError.HeadersLengthInvalid, "headers 4 GiB", Broken(frame => WriteHeaders(frame, uint.MaxValue)) },
        { EventStreamError.HeaderTruncated, "name past the block", Frames.Frame([200, (byte)'a', 7], "p"u8.ToArray()) },
        { EventStreamError.HeaderTruncated, "no type", Frames.Frame([1, (byte)'a'], "payload"u8.ToArray()) },
        { EventStreamError.HeaderTruncated, "only a name length", Frames.Frame([0], "payload"u8.ToArray()) },
        { EventStreamError.HeaderTruncated, "string length cut", Frames.Frame([1, (byte)'a', 7, 0], "payload"u8.ToArray()) },
        { EventStreamError.HeaderTruncated, "string past the block", Frames.Frame([1, (byte)'a', 7, 0, 5, 1], "payload"u8.ToArray()) },
        { EventStreamError.HeaderTruncated, "integer past the block", Frames.Frame([1, (byte)'a', 4, 0, 5, 1], "payload"u8.ToArray()) },
        { EventStreamError.HeaderTruncated, "uuid past the block",
            Frames.Frame(Frames.Header("u", 9, new byte[15]), "payload"u8.ToArray()) },
        { EventStreamError.HeaderTypeUnknown, "type 10", Frames.Frame(Frames.Header("u", 10), "payload"u8.ToArray()) },
        { EventStreamError.HeaderTypeUnknown, "type 255", Frames.Frame(Frames.Header("u", 255), "payload"u8.ToArray()) },
    };

    [Fact]
    public void TryRead_AnySingleBitFlipped_IsDetected()
    {
        var frame = Frames.Part("payload");
        for (var bit = 0; bit < 8 * frame.Length; bit++)
        {
            var flipped = (byte[])frame.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            using var decoder = new EventStreamDecoder();

            Assert.Throws<EventStreamException>(() => decoder.Feed([flipped]));
        }
    }

    [Fact]
    public void TryRead_LargestMessage_IsRead()
    {
        var payload = new byte[EventStreamDecoder.MaximumMessageLength - 16];
        payload[^1] = (byte)'!';
        using var decoder = new EventStreamDecoder(EventStreamDecoder.MaximumMessageLength);

        var message = Assert.Single(decoder.Feed([Frames.Frame([], payload)]));

        Assert.EndsWith("\0!", message.Payload, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event", EventStreamMessageType.Event)]
    [InlineData("exception", EventStreamMessageType.Exception)]
    [InlineData("error", EventStreamMessageType.Error)]
    [InlineData("Event", EventStreamMessageType.Unknown)]
    [InlineData("", EventStreamMessageType.Unknown)]
    public void Type_OfEachMessageType_IsNamed(string value, EventStreamMessageType expected) =>
        Assert.Equal(expected, ReadType(Frames.Header(":message-type", value)));

    [Fact]
    public void Type_NoStringHeaderOfThatName_IsUnknown()
    {
        Assert.Equal(EventStreamMessageType.Unknown, ReadType([]));
        Assert.Equal(EventStreamMessageType.Unknown, ReadType(Frames.Header(":message-type", 6, [0, 5, .. "event"u8])));
    }

    [Fact]
    public void TryGetString_SteadyState_AllocatesNothing()
    {
        var frame = Frames.Part("data: {}\n\n");
        using var decoder = new EventStreamDecoder();
        var parts = ReadThousandFrames(decoder, frame);

        AllocatedMemory.AssertNone(() => parts = ReadThousandFrames(decoder, frame));
        Assert.Equal(1000, parts);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Advance_MoreThanThereWasRoomFor_IsRefused(int count)
    {
        using var decoder = new EventStreamDecoder();
        decoder.GetMemory();

        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Advance(count));
    }

    private static string PartHeaders { get; } = string.Concat(
        new[] { (":event-type", "PayloadPart"), (":content-type", "application/octet-stream"), (":message-type", "event") }
            .Select(h => $"{h.Item1}:String={Convert.ToHexString(Encoding.UTF8.GetBytes(h.Item2))};"));

    private static int ReadThousandFrames(EventStreamDecoder decoder, byte[] frame)
    {
        var parts = 0;
        for (var i = 0; i < 1000; i++)
        {
            for (var rest = frame.AsSpan(); !rest.IsEmpty;)
            {
                var memory = decoder.GetMemory().Span;
                var count = Math.Min(memory.Length, Math.Min(rest.Length, 50));
                rest[..count].CopyTo(memory);
                decoder.Advance(count);
                rest = rest[count..];
                while (decoder.TryRead(out var message))
                {
                    parts += message.TryGetString(":event-type"u8, out var type) && type.SequenceEqual("PayloadPart"u8) ? 1 : 0;
                }
            }
        }

        return parts;
    }

    private static EventStreamMessageType ReadType(byte[] headers)
    {
        using var decoder = new EventStreamDecoder();
        var frame = Frames.Frame(headers, []);
        for (var rest = frame.AsSpan(); !rest.IsEmpty;)
        {
            var memory = decoder.GetMemory().Span;
            var count = Math.Min(memory.Length, rest.Length);
            rest[..count].CopyTo(memory);
            decoder.Advance(count);
            rest = rest[count..];
        }

        Assert.True(decoder.TryRead(out var message));
        return message.Type;
    }

    private static byte[] Broken(Action<byte[]> change, bool repair = true)
    {
        var frame = Frames.Part("payload");
        change(frame);
        return repair ? Frames.Repair(frame) : frame;
    }

    private static void WriteTotal(byte[] frame, uint total) => BinaryPrimitives.WriteUInt32BigEndian(frame, total);

    private static void WriteHeaders(byte[] frame, uint headers) => BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), headers);
}
