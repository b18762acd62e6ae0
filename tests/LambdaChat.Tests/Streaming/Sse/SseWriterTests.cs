using System.Buffers;
using System.Text;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Tests.Streaming.Sse;

public sealed class SseWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    private string Written => Encoding.UTF8.GetString(_output.WrittenSpan);

    [Theory]
    [InlineData("{\"a\":1}", "data: {\"a\":1}\n\n")]
    [InlineData("", "data: \n\n")]
    [InlineData(" leading", "data:  leading\n\n")]
    [InlineData("a\nb\r\nc\rd\n", "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")]
    public void WriteEvent_AnyData_IsOneEvent(string data, string expected)
    {
        SseWriter.WriteEvent(_output, Encoding.UTF8.GetBytes(data));

        Assert.Equal(expected, Written);
        using var reassembler = new SseReassembler();
        var read = Assert.Single(reassembler.Feed([_output.WrittenMemory]));
        Assert.Equal(data.ReplaceLineEndings("\n"), read.Data);
    }

    [Theory]
    [InlineData(0, "x", "id: 0\ndata: x\n\n")]
    [InlineData(12345, "a\nb", "id: 12345\ndata: a\ndata: b\n\n")]
    [InlineData(long.MaxValue, "", "id: 9223372036854775807\ndata: \n\n")]
    public void WriteEvent_Numbered_HasItsId(long id, string data, string expected)
    {
        SseWriter.WriteEvent(_output, id, Encoding.UTF8.GetBytes(data));

        Assert.Equal(expected, Written);
    }

    [Fact]
    public void WriteEvent_Typed_NamesItsType()
    {
        SseWriter.WriteEvent(_output, "delta"u8, "x"u8);

        Assert.Equal("event: delta\ndata: x\n\n", Written);
    }

    [Fact]
    public void WriteEvent_LineEndInType_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SseWriter.WriteEvent(_output, "a\nb"u8, "x"u8));
        Assert.Equal(0, _output.WrittenCount);
    }

    [Fact]
    public void WriteComment_LineEnds_StayComments()
    {
        SseWriter.WriteComment(_output, "keep-alive"u8);
        SseWriter.WriteComment(_output, "two\ndata: lines"u8);

        Assert.Equal(": keep-alive\n\n: two\n: data: lines\n\n", Written);
    }

    [Fact]
    public void WriteCommentLine_HasNoBlankLine()
    {
        SseWriter.WriteCommentLine(_output, "keep-alive"u8);
        SseWriter.WriteEvent(_output, 1, "x"u8);

        Assert.Equal(": keep-alive\nid: 1\ndata: x\n\n", Written);
    }

    [Fact]
    public void WriteDone_EndsWithItsBlankLine()
    {
        SseWriter.WriteDone(_output);

        Assert.Equal("data: [DONE]\n\n", Written);
    }
}
