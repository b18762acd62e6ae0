using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// The work for texts of callers and model servers grows at most in proportion to their length. It is counted, not timed: the bytes that
/// are allocated, and those that are written. <c>SourceFileTests</c> rejects expressions with backtracking, which need time and no memory;
/// the attack bars time the whole.
/// </summary>
public sealed class ForeignTextTests
{
    private const int Small = 256 * 1024;
    private const int Large = 1024 * 1024;
    private const int Growth = 8; // Of fourfold length: buffers grow in steps, and quadratic work would grow sixteenfold.
    private const int Read = 8 * 1024; // Characters of an error text that are read.

    /// <summary>Each text, repeated, is the worst case of one reader.</summary>
    public static TheoryData<string> Units { get; } =
    [
        "a.", "://", "a://b ", "arn:aws", "/opt/", "10.0.0.1.", "AKIA", "hf_", "111122223333 ", "\n", "\\", "\"", "'", " ", "[",
        "{\"error\":", "{'type': 'x', 'loc': ('a'), 'msg': ", "Traceback (most recent call last):\n", "<title", "<h1>", "\" See ",
        "\n  File \"", "[Error: ",
        "Received client error (400) from x with message \"", "See stack trace", "maximum context ", "\u0000", "\uFFFD", "你",
    ];

    [Theory]
    [MemberData(nameof(Units))]
    public void Error_OfAModelServer_CostsInProportion(string unit)
    {
        AssertInProportion(length => ContainerMessage.Read(Repeat(unit, length), status: null).Message.Length);
        AssertInProportion(length => ContainerMessage.Read("Received server error (500) from x with message \"" + Repeat(unit, length)
            + "\". See y", status: null).Message.Length);
        AssertInProportion(length => ContainerMessage.Read(
            "{\"error\":{\"message\":" + JsonSerializer.Serialize(Repeat(unit, length)) + "}}", status: null).Message.Length);
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("a://b ")]
    [InlineData("10.0.0.1.")]
    [InlineData("{'type': 'x', 'loc': ('a'), 'msg': ")]
    public void Error_BeyondWhatIsRead_ChangesNothing(string unit)
    {
        var text = Repeat(unit, Large);

        Assert.Equal(ErrorText.Clean(text[..Read]), ErrorText.Clean(text));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Texts_OfARequest_CostInProportion(string unit)
    {
        AssertInProportion(length => VisibleErrorText.Remove(Repeat(unit, length) + "]").Length);
        AssertInProportion(length =>
        {
            var (name, text) = (JsonSerializer.Serialize(Repeat(unit, 200)), JsonSerializer.Serialize(Repeat(unit, length)));
            var body = Encoding.UTF8.GetBytes("{" + name + ":" + text + "}");
            return new RequestValidator(RequestLimits.Default).Find(body) is null ? 1 : 0;
        });
    }

    /// <summary>As one line of JSON, whose cap is higher than that of an event, and as small events.</summary>
    [Theory]
    [InlineData("<")]
    [InlineData("<think>")]
    [InlineData("</thin")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\r\n \n")]
    [InlineData("{")]
    [InlineData("\"")]
    public void Records_OfAModelServer_CostInProportion(string unit)
    {
        foreach (var name in new[] { "content", "reasoning", "reasoning_content" })
        {
            AssertInProportion(length => Translate([Record(name, Repeat(unit, length))["data: ".Length..]]));
            AssertInProportion(length => Translate(Enumerable.Repeat(Record(name, unit), length / 64)));
        }

        AssertInProportion(length => Translate(Enumerable.Repeat(Tool(unit), length / 64)));
    }

    private static string Record(string name, string text) =>
        $$"""data: {"choices":[{"index":0,"delta":{"{{name}}":{{JsonSerializer.Serialize(text)}}} }]}""" + "\n\n";

    private static string Tool(string text) =>
        $$"""data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{{Function(text)}} }]} }]}""" + "\n\n";

    private static string Function(string text) => "{\"name\":\"f\",\"arguments\":" + JsonSerializer.Serialize(text) + "}";

    // The bytes of all chunks.
    private static long Translate(IEnumerable<string> payloads)
    {
        var log = new Counter();
        var translation = new Translation(ChunkLog.Contract(think: ThinkMode.Auto), log);
        using var reader = new RecordReader(RecordFraming.Auto);
        foreach (var payload in payloads)
        {
            ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(payload);
            while (reader.TryRead(ref rest, out var record))
            {
                translation.TryRead(record);
            }
        }

        translation.End();
        return log.Bytes;
    }

    private static void AssertInProportion(Func<int, long> work)
    {
        work(1024); // Allocates the memory that is needed once.
        var (smallOutput, smallAllocated) = Count(work, Small);
        var (largeOutput, largeAllocated) = Count(work, Large);

        Assert.InRange(largeOutput, 0, (Growth * smallOutput) + 1024);
        Assert.InRange(largeAllocated, 0, (Growth * smallAllocated) + Small);
    }

    private static (long Output, long Allocated) Count(Func<int, long> work, int length)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        return (work(length), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Repeat(string unit, int length) => string.Concat(Enumerable.Repeat(unit, length / unit.Length));

    private sealed class Counter : IChunkOutput
    {
        public long Bytes { get; private set; }

        public bool Write(ReadOnlySpan<byte> chunk)
        {
            Bytes += chunk.Length;
            return true;
        }
    }
}
