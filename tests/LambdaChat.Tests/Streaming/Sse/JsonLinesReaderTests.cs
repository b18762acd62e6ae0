using System.Text;
using System.Text.Json;
using LambdaChat.Streaming.Sse;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Streaming.Sse;

public sealed class JsonLinesReaderTests
{
    /// <summary>The stream, its lines, and the last line if the stream ends without a line end.</summary>
    public static TheoryData<string, string[], string?> Streams { get; } = new()
    {
        { "{\"a\":1}\n{\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"], null },
        { "{\"a\":1}\r\n{\"a\":2}\r\n", ["{\"a\":1}", "{\"a\":2}"], null },
        { "{\"a\":1}\r{\"a\":2}\r", ["{\"a\":1}", "{\"a\":2}"], null },
        { "1\n2\r3\r\n4\n\r5\r\r\n6\n", ["1", "2", "3", "4", "5", "6"], null },
        { "1\n\n\n2\r\n\r\n3\r\r4\n", ["1", "2", "3", "4"], null },
        { "\n\r\n\r1\n", ["1"], null },
        { "1\n \n\t\n \t \r\n2\n", ["1", "2"], null },
        { " {\"a\": 1}\t\n", [" {\"a\": 1}\t"], null },
        { "\uFEFF{\"a\":1}\n{\"a\":2}\n", ["{\"a\":1}", "{\"a\":2}"], null },
        { "\uFEFF\uFEFF1\n", ["\uFEFF1"], null },
        { "\uFEFF\n1\n", ["1"], null },
        { "\uFEFF \r\n1\n", ["1"], null },
        { "1\n\uFEFF2\n", ["1", "\uFEFF2"], null },
        { "\n\uFEFF1\n", ["\uFEFF1"], null },
        { "{\"text\":\"你好 👩‍👩‍👧‍👦 🤔\"}\n{\"text\":\"𠮷\"}\n", ["{\"text\":\"你好 👩‍👩‍👧‍👦 🤔\"}", "{\"text\":\"𠮷\"}"], null },
        { "\"\u2028\u2029\u0085\u000B\u000C\\n\\r are no line ends\"\n", ["\"\u2028\u2029\u0085\u000B\u000C\\n\\r are no line ends\""],
            null },
        { "\u00A0\n", ["\u00A0"], null },
        { "not JSON: passed on\n", ["not JSON: passed on"], null },
        { "1\n2", ["1"], "2" },
        { "1\r2", ["1"], "2" },
        { "1\r\n2", ["1"], "2" },
        { "{\"text\":\"再见 🤔\"}", [], "{\"text\":\"再见 🤔\"}" },
        { "\uFEFF1", [], "1" },
        { "1\n\uFEFF2", ["1"], "\uFEFF2" },
        { "1\n \t", ["1"], null },
        { "\uFEFF", [], null },
        { "\uFEFF ", [], null },
        { " ", [], null },
        { "", [], null },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void TryRead_AnyCut_GivesTheLines(string stream, string[] expected, string? unfinished)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reader = new JsonLinesReader();

            Assert.Equal(expected, Feed(reader, pieces));
            Assert.Equal(unfinished, reader.TryReadUnfinished(out var line) ? Encoding.UTF8.GetString(line) : null);
            Assert.False(reader.TryReadUnfinished(out _));
        }
    }

    [Theory]
    [InlineData("lmi-chat.jsonl", "\n")]
    [InlineData("lmi-chat.jsonl", "\r\n")]
    [InlineData("lmi-chat.jsonl", "\r")]
    [InlineData("lmi-text.jsonl", "\n")]
    public void TryRead_TranscriptsInAnyCut_GivesEveryValueWhole(string name, string lineEnd)
    {
        var expected = Encoding.UTF8.GetString(Transcript.Read(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(expected, line => JsonDocument.Parse(line).Dispose());
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(string.Join(lineEnd, expected) + lineEnd)))
        {
            using var reader = new JsonLinesReader();

            Assert.Equal(expected, Feed(reader, pieces));
            Assert.False(reader.TryReadUnfinished(out _));
        }
    }

    [Theory]
    [InlineData("1\r")]
    [InlineData("1\n")]
    public void TryRead_LineEnd_DoesNotWaitForWhatFollows(string stream)
    {
        using var reader = new JsonLinesReader();

        Assert.Equal(["1"], Feed(reader, [Encoding.UTF8.GetBytes(stream)]));
        Assert.Equal(["2"], Feed(reader, ["\n2\n"u8.ToArray()]));
    }

    [Fact]
    public void TryRead_LineWholeInTheInput_IsNotCopied()
    {
        using var reader = new JsonLinesReader();
        var bytes = "\uFEFF{\"a\":1}\r\n\r\n{\"a\":2}\n{\"a\""u8;
        var input = bytes;

        Assert.True(reader.TryRead(ref input, out var first));
        Assert.True(bytes.Overlaps(first, out var firstOffset));
        Assert.True(reader.TryRead(ref input, out var second));
        Assert.True(bytes.Overlaps(second, out var secondOffset));
        Assert.False(reader.TryRead(ref input, out _));

        Assert.Equal(3, firstOffset);
        Assert.Equal(14, secondOffset);
        Assert.True(input.IsEmpty);
    }

    [Theory]
    [InlineData("1234567\n123456789\n")]
    [InlineData("1234567\n123456789")]
    [InlineData("1234567\r\n123456789012345678901234567890\r\n7\r\n")]
    [InlineData("1234567\r\"你好！\"\r")]
    [InlineData("\uFEFF12345\n123456789\n")]
    [InlineData("1234567\n         \n")]
    public void TryRead_AboveTheCap_FailsAfterTheLinesBefore(string stream)
    {
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(stream)))
        {
            using var reader = new JsonLinesReader(lineLengthCap: 8);
            var lines = new List<string>();

            var error = Assert.Throws<SseLimitException>(() => Feed(reader, pieces, lines));

            Assert.Equal(SseLimit.Line, error.Limit);
            Assert.Equal(8, error.MaximumLength);
            Assert.Equal("A stream's line is longer than 8 bytes.", error.Message);
            Assert.Single(lines);
            Assert.Same(error, Assert.Throws<SseLimitException>(() => Feed(reader, ["1\n"u8.ToArray()])));
            Assert.Same(error, Assert.Throws<SseLimitException>(() => reader.TryReadUnfinished(out _)));
        }
    }

    [Fact]
    public void TryRead_ExactlyAtTheCap_IsTaken()
    {
        foreach (var pieces in Cuts.Of("12345678\n\"你好\"\r\n12345678"u8.ToArray()))
        {
            using var reader = new JsonLinesReader(lineLengthCap: 8);

            Assert.Equal(["12345678", "\"你好\""], Feed(reader, pieces));
            Assert.True(reader.TryReadUnfinished(out var last));
            Assert.Equal(8, last.Length);
        }
    }

    [Fact]
    public void TryRead_LongestLineInTinyPieces_IsTaken() // Slow to see, were the line copied or searched anew with every piece.
    {
        var bytes = new byte[JsonLinesReader.DefaultLengthCap + 1];
        bytes.AsSpan().Fill((byte)'x');
        bytes[^1] = (byte)'\n';
        using var reader = new JsonLinesReader();

        var lines = Feed(reader, Enumerable.Range(0, bytes.Length).Select(i => (ReadOnlyMemory<byte>)bytes.AsMemory(i, 1)));

        Assert.Equal(JsonLinesReader.DefaultLengthCap, Assert.Single(lines).Length);
    }

    [Fact]
    public void TryRead_SteadyState_AllocatesNothing()
    {
        var transcript = Transcript.Read("lmi-chat.jsonl").Concat(Transcript.Read("lmi-text.jsonl")).ToArray();
        using var reader = new JsonLinesReader();
        var count = ReadInPiecesOf(7) + ReadInPiecesOf(1000);

        AllocatedMemory.AssertNone(() => count = ReadInPiecesOf(7) + ReadInPiecesOf(1000));
        Assert.Equal(2 * transcript.Count(b => b == '\n'), count);

        int ReadInPiecesOf(int length)
        {
            var lines = 0;
            for (var start = 0; start < transcript.Length; start += length)
            {
                ReadOnlySpan<byte> input = transcript.AsSpan(start, Math.Min(length, transcript.Length - start));
                while (reader.TryRead(ref input, out _))
                {
                    lines++;
                }
            }

            return lines;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_CapNotPositive_IsRefused(int cap) => Assert.Throws<ArgumentOutOfRangeException>(() => new JsonLinesReader(cap));

    private static List<string> Feed(JsonLinesReader reader, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var lines = new List<string>();
        Feed(reader, pieces, lines);
        return lines;
    }

    private static void Feed(JsonLinesReader reader, IEnumerable<ReadOnlyMemory<byte>> pieces, List<string> lines)
    {
        foreach (var piece in pieces)
        {
            var input = piece.Span;
            while (reader.TryRead(ref input, out var line))
            {
                lines.Add(Encoding.UTF8.GetString(line));
            }

            Assert.True(input.IsEmpty);
        }
    }
}
