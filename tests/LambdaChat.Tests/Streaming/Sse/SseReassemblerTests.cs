using System.Net.ServerSentEvents;
using System.Text;
using LambdaChat.Streaming.Sse;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Streaming.Sse;

public sealed class SseReassemblerTests
{
    /// <summary>Stream, then its events as type|id|data.</summary>
    public static TheoryData<string, string[]> Streams { get; } = new()
    {
        { "data: one\n\ndata: two\n\n", ["message||one", "message||two"] },
        { "data: one\r\n\r\ndata: two\r\n\r\n", ["message||one", "message||two"] },
        { "data: one\r\rdata: two\r\r", ["message||one", "message||two"] },
        { "data: one\r\n\ndata: two\n\r\ndata: three\r\r\n", ["message||one", "message||two", "message||three"] },
        { "data:no space\n\ndata: one space\n\ndata:  two spaces\n\n",
            ["message||no space", "message||one space", "message|| two spaces"] },
        { "data: first\ndata: second\ndata:\ndata: fourth\n\n", ["message||first\nsecond\n\nfourth"] },
        { "data\n\n", ["message||"] },
        { "data:\n\n", ["message||"] },
        { "data\ndata\n\n", ["message||\n"] },
        { "\uFEFFdata: after a BOM\n\n", ["message||after a BOM"] },
        { "\uFEFF\uFEFFdata: one BOM is stripped, not two\n\n", [] },
        { "data: x\n\n\uFEFFdata: only at the start\n\n", ["message||x"] },
        { ": comment\n\n:\n\ndata: x\n: inside\ndata: y\n\n", ["message||x\ny"] },
        { "event: ping\n\ndata: no type leaks\n\n", ["message||no type leaks"] },
        { "event: delta\ndata: typed\n\ndata: untyped\n\n", ["delta||typed", "message||untyped"] },
        { "event: a\nevent: b\ndata: last type wins\n\n", ["b||last type wins"] },
        { "event: a\nevent:\ndata: empty type\n\n", ["message||empty type"] },
        { "event:\ndata: empty type\n\n", ["message||empty type"] },
        { "id: 7\ndata: x\n\ndata: id stays\n\nid\ndata: id cleared\n\n", ["message|7|x", "message|7|id stays", "message||id cleared"] },
        { "id: 7\n\nid: 8\0\ndata: a NUL in an id\n\n", ["message|7|a NUL in an id"] },
        { "unknown: x\ndata: y\nData: case matters\n data: a space is part of the name\n\n", ["message||y"] },
        { "data : a name may end in a space\n\n", [] },
        { ":\n\n\n\n\ndata: many blank lines\n\n\n\n", ["message||many blank lines"] },
        { "data: a: b:c\n\n", ["message||a: b:c"] },
        { "data: 你好 👩‍👩‍👧‍👦 🤔\n\n", ["message||你好 👩‍👩‍👧‍👦 🤔"] },
        { "data: \u2028\u0085\u000B are no line ends\n\n", ["message||\u2028\u0085\u000B are no line ends"] },
        { "data: discarded without a blank line\n", [] },
        { "data: x\n\ndata: discarded", ["message||x"] },
        { "", [] },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void TryRead_AnyCut_GivesTheEventsOfTheSpec(string stream, string[] expected)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reassembler = new SseReassembler();

            var events = reassembler.Feed(pieces);

            Assert.Equal(expected, events.Select(e => $"{e.Type}|{e.LastEventId}|{e.Data}"));
        }
    }

    [Theory]
    [MemberData(nameof(Transcript.EventStreams), MemberType = typeof(Transcript))]
    public void TryRead_TranscriptsInAnyCut_AgreesWithTheFrameworksParser(string name)
    {
        var transcript = Transcript.Read(name);
        var expected = SseParser.Create(new MemoryStream(transcript)).Enumerate().Select(item => new Event(item.Data, item.EventType))
            .ToList();

        Assert.NotEmpty(expected);
        foreach (var pieces in Cuts.Of(transcript))
        {
            using var reassembler = new SseReassembler();

            Assert.Equal(expected, reassembler.Feed(pieces));
        }
    }

    [Theory]
    [InlineData("data: x", "x")]
    [InlineData("data: x\n", "x")]
    [InlineData("data: x\r", "x")]
    [InlineData("data: x\r\n", "x")]
    [InlineData("data: x\ndata: y", "x\ny")]
    [InlineData("data: gone\n\ndata: x\nevent: y", "x")]
    [InlineData("\uFEFFdata: x", "x")]
    public void TryReadUnfinished_BlockWithoutBlankLine_IsTaken(string stream, string data)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reassembler = new SseReassembler();

            Assert.Equal(data, reassembler.Feed(pieces, takesUnfinished: true)[^1].Data);
            Assert.False(reassembler.TryReadUnfinished(out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: x\n\n")]
    [InlineData("data: x\n\nevent: y")]
    [InlineData("data: x\n\n: comment")]
    [InlineData("\uFEFF")]
    public void TryReadUnfinished_NoDataPending_IsNothing(string stream)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reassembler = new SseReassembler();
            reassembler.Feed(pieces);

            Assert.False(reassembler.TryReadUnfinished(out _));
        }
    }

    [Theory]
    [InlineData("data: x\r\r", 1)]
    [InlineData("data: x\r\n\r", 1)]
    [InlineData("data: x\n\r", 1)]
    public void TryRead_BlankLineEndedByCarriageReturn_DoesNotWaitForALineFeed(string stream, int count)
    {
        using var reassembler = new SseReassembler();

        Assert.Equal(count, reassembler.Feed([Encoding.UTF8.GetBytes(stream)]).Count);
        Assert.Equal(["y"], reassembler.Feed([Encoding.UTF8.GetBytes("\ndata: y\n\n")]).Select(e => e.Data));
    }

    [Theory]
    [InlineData("retry: 3000\n", 3000L)]
    [InlineData("retry: 007\n", 7L)]
    [InlineData("retry: 10\nretry: x\n", 10L)]
    [InlineData("retry: -1\n", null)]
    [InlineData("retry: +1\n", null)]
    [InlineData("retry: 1.5\n", null)]
    [InlineData("retry:  1\n", null)]
    [InlineData("retry\n", null)]
    [InlineData("retry: 99999999999999999999\n", null)]
    public void ReconnectionTime_OnlyDigits_AreTaken(string stream, long? expected)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reassembler = new SseReassembler();
            reassembler.Feed(pieces);

            Assert.Equal(expected, reassembler.ReconnectionTime);
        }
    }

    [Theory]
    [InlineData("data: whole\n\ndata: 0123456789\n\n", 15, 100, SseLimit.Line)]
    [InlineData("data: whole\n\nunknown: 0123456789", 15, 100, SseLimit.Line)]
    [InlineData("data: whole\n\n: 012345678901234567890123456789\n", 15, 100, SseLimit.Line)]
    [InlineData("data: whole\n\ndata: 0123\ndata: 4567\n\n", 15, 8, SseLimit.Event)]
    [InlineData("data: whole\n\ndata: 012345678\n\n", 15, 8, SseLimit.Event)]
    public void TryRead_AboveACap_FailsAfterTheEventsBefore(string stream, int lineCap, int eventCap, SseLimit limit)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reassembler = new SseReassembler(lineCap, eventCap);
            var events = new List<Event>();

            var error = Assert.Throws<SseLimitException>(() => reassembler.Feed(pieces, events));

            Assert.Equal(limit, error.Limit);
            Assert.Equal(limit == SseLimit.Line ? lineCap : eventCap, error.MaximumLength);
            Assert.Equal(["whole"], events.Select(e => e.Data));
            Assert.Throws<SseLimitException>(() => reassembler.Feed([Encoding.UTF8.GetBytes("data: later\n\n")]));
            Assert.Throws<SseLimitException>(() => reassembler.TryReadUnfinished(out _));
        }
    }

    [Fact]
    public void TryRead_ExactlyAtTheCaps_IsTaken()
    {
        foreach (var pieces in Cuts.Of("data: first\n\ndata: 0123\ndata: 567\n\ndata: 012345\n\n"u8.ToArray()))
        {
            using var reassembler = new SseReassembler(lineLengthCap: 12, eventLengthCap: 8);

            Assert.Equal(["first", "0123\n567", "012345"], reassembler.Feed(pieces).Select(e => e.Data));
        }
    }

    [Fact]
    public void TryRead_SteadyState_AllocatesNothing()
    {
        var transcript = Transcript.Read("starlette.sse").Concat(Transcript.Read("vllm-chinese.sse")).ToArray();
        using var reassembler = new SseReassembler();
        var count = ReadInPiecesOf(7) + ReadInPiecesOf(1000);

        AllocatedMemory.AssertNone(() => count = ReadInPiecesOf(7) + ReadInPiecesOf(1000));
        Assert.True(count > 40);

        int ReadInPiecesOf(int length)
        {
            var events = 0;
            for (var start = 0; start < transcript.Length; start += length)
            {
                ReadOnlySpan<byte> input = transcript.AsSpan(start, Math.Min(length, transcript.Length - start));
                while (reassembler.TryRead(ref input, out _))
                {
                    events++;
                }
            }

            return events;
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Constructor_CapNotPositive_IsRefused(int lineCap, int eventCap) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SseReassembler(lineCap, eventCap));
}
