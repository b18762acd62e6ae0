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
        var builder = new CompletionBuilder(maximumLength: 1000);
        var taken = Enumerable.Range(0, 1000).TakeWhile(i => builder.Write(Chunk(chunk, i))).Count();

        Assert.InRange(taken, 10, 100);
        Assert.True(builder.IsTooLong);
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
    [InlineData("""{"id":"c","system_fingerprint":"0123456789","choices":[{"index":0,"delta":{"role":"assistant","x":1234567890,"y":{"type":"0123456789"}},"stop_reason":1234567890}],"usage":{"x":1}}""")]
    public void IsTooLong_ChunksThatOnlyRepeat_NeverIsTrue(string chunk)
    {
        var builder = new CompletionBuilder(maximumLength: 100);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(builder.Write(Encoding.UTF8.GetBytes(chunk))));
    }

    [Fact]
    public void Write_LongListOfLogprobs_AllocatesInProportionToItsLength()
    {
        var chunk = """{"id":"c","created":7,"model":"r1","choices":[{"index":0,"delta":{"content":"0123456789"},"logprobs":{"content":[{"token":"0123456789","logprob":-0.25}]}}]}"""u8.ToArray();
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

    private static byte[] Chunk(string chunk, int i) => Encoding.UTF8.GetBytes(chunk.Replace("#", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
