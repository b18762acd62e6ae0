using System.Buffers;
using System.Text;
using LambdaChat.Api.Replies.Aggregation;

namespace LambdaChat.Tests.Api.Replies.Aggregation;

public sealed class CompletionBuilderLimitTests
{
    /// <summary>A chunk of which ten bytes or more are kept each time.</summary>
    public static TheoryData<string> Growing { get; } =
    [
        """{"choices":[{"index":0,"delta":{"content":"0123456789"}}]}""",
        """{"choices":[{"index":0,"delta":{"reasoning":"0123456789"}}]}""",
        """{"choices":[{"index":0,"delta":{"reasoning_content":"0123456789"}}]}""",
        """{"choices":[{"index":0,"delta":{"refusal":"0123456789"}}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"0123456789"}}]}}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"x":[1234567890]}]}}]}""",
        """{"choices":[{"index":0,"delta":{"x":[1234567890]}}]}""",
        """{"choices":[{"index":0,"delta":{"x":"0123456789"}}]}""",
        """{"choices":[{"index":0,"delta":{"x":{"y":{"z":"0123456789"}}}}]}""",
        """{"choices":[{"index":0,"delta":{},"x":[1234567890]}]}""",
        """{"choices":[{"index":0,"delta":{},"logprobs":{"content":[1234567890]}}]}""",
        """{"choices":[],"x":[1234567890]}""",
        """{"choices":[],"x#":"012345678"}""",
        """{"choices":[{"index":0,"delta":{"x#":"012345678"}}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":#,"id":"0123456789"}]}}]}""",
    ];

    [Theory]
    [MemberData(nameof(Growing))]
    public void IsTooLong_AboveTheCap_WantsNoMore(string chunk)
    {
        var builder = new CompletionBuilder(maximumLength: 6000);
        var taken = Enumerable.Range(0, 1000).TakeWhile(i => builder.Write(Chunk(chunk, i))).Count();

        Assert.InRange(taken, 6, 600);
        Assert.True(builder.IsTooLong);
    }

    /// <summary>A reply costs at most a few times the bytes that its cap counts.</summary>
    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":#}]}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"x#":1}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"x#":{"y":{"z":1}}}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"x#":1}]}""")]
    [InlineData("""{"choices":[],"x#":1}""")]
    public void IsTooLong_ManySmallMembers_CountsTheirObjects(string chunk)
    {
        const int Cap = 1024 * 1024;
        var builder = new CompletionBuilder(Cap);
        var chunks = Enumerable.Range(0, 20_000).Select(i => Chunk(chunk, i)).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains(chunks, bytes => !builder.Write(bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Cap);
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"x#":"_"}}]}""", """{"choices":[{"index":0,"delta":{"x#":1}}]}""")]
    [InlineData("""{"choices":[],"x#":"_"}""", """{"choices":[],"x#":1}""")]
    public void IsTooLong_LongValuesThatAreReplaced_CountsTheirBuffers(string first, string second)
    {
        var builder = new CompletionBuilder(1024 * 1024);
        var value = new string('v', 100_000);

        Assert.Contains(Enumerable.Range(0, 20), i =>
            !builder.Write(Chunk(first.Replace("_", value, StringComparison.Ordinal), i)) || !builder.Write(Chunk(second, i)));
    }

    [Theory]
    [InlineData("role")]
    [InlineData("finish_reason")]
    public void Write_LongName_IsNotKept(string member)
    {
        var builder = new CompletionBuilder();
        var value = new string('v', 100_000);
        builder.Write(Chunk(member == "role"
            ? $$$"""{"id":"c","created":7,"model":"r1","choices":[{"index":0,"delta":{"role":"{{{value}}}"}}]}"""
            : $$$"""{"id":"c","created":7,"model":"r1","choices":[{"index":0,"delta":{},"finish_reason":"{{{value}}}"}]}""", 0));
        var output = new ArrayBufferWriter<byte>();

        builder.WriteTo(output);

        Assert.InRange(output.WrittenCount, 1, 1000);
    }

    [Fact]
    public void IsTooLong_ExactlyAtTheCap_IsFalse()
    {
        var builder = new CompletionBuilder(maximumLength: 20);

        Assert.True(builder.Write("""{"choices":[{"index":0,"delta":{"content":"0123456789"}}]}"""u8));
        Assert.True(builder.Write("""{"choices":[{"index":0,"delta":{"content":"0123456789"}}]}"""u8));
        Assert.False(builder.IsTooLong);
        Assert.False(builder.Write("""{"choices":[{"index":0,"delta":{"content":"0"}}]}"""u8));
    }

    [Theory]
    [InlineData(
        """{"id":"c","system_fingerprint":"0123456789","choices":[{"index":0,"delta":{"role":"assistant","x":1234567890,"y":{"type":"0123456789"}},"stop_reason":1234567890}],"usage":{"x":1}}""")]
    public void IsTooLong_ChunksThatOnlyRepeat_NeverIsTrue(string chunk)
    {
        var builder = new CompletionBuilder(maximumLength: 5000);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(builder.Write(Encoding.UTF8.GetBytes(chunk))));
    }

    [Fact]
    public void Write_LongListOfLogprobs_AllocatesInProportionToItsLength()
    {
        var chunk =
            """{"id":"c","created":7,"model":"r1","choices":[{"index":0,"delta":{"content":"0123456789"},"logprobs":{"content":[{"token":"0123456789","logprob":-0.25}]}}]}"""u8.ToArray();
        var (some, many) = (Allocated(1_000), Allocated(16_000));

        Assert.InRange(many / (double)some, 1, 24);

        long Allocated(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var builder = new CompletionBuilder();
            for (var i = 0; i < count; i++)
            {
                builder.Write(chunk);
            }

            builder.WriteTo(new ArrayBufferWriter<byte>(64 * count));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static byte[] Chunk(string chunk, int i) =>
        Encoding.UTF8.GetBytes(chunk.Replace("#", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
