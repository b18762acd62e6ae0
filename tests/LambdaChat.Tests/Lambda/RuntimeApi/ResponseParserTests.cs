using System.Text;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Tests.Lambda.RuntimeApi;

public sealed class ResponseParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello", 200, "hello")]
    [InlineData("HTTP/1.1 202 Accepted\r\n\r\n", 202, "")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;a=b\r\nhe\r\n03 \r\nllo\r\n0\r\nT: x\r\nU: y\r\n\r\n", 200, "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", 200, "\r\n\r\n0\r\n\r\n\r\n")]
    public void TryParse_AnyCut_IsTheSameResponse(string text, int status, string body)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Equal((status, body), Parse(bytes, [cut, bytes.Length]));
        }

        Assert.Equal((status, body), Parse(bytes, [.. Enumerable.Range(0, bytes.Length + 1)]));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n")]
    public void TryParse_InvalidResponse_Throws(string text)
    {
        var parser = new ResponseParser();
        parser.Reset();

        Assert.Throws<IOException>(() => parser.TryParse(Encoding.Latin1.GetBytes(text), out _));
    }

    [Fact]
    public void Reset_AfterAnInvalidResponse_ParsesTheNext()
    {
        var parser = new ResponseParser();
        parser.Reset();
        Assert.Throws<IOException>(() => parser.TryParse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nx\r\n"u8.ToArray(), out _));

        parser.Reset();

        Assert.True(parser.TryParse("HTTP/1.1 204 None\r\n\r\n"u8.ToArray(), out var response));
        Assert.Equal(204, response!.Status);
    }

    private static (int Status, string Body) Parse(byte[] bytes, int[] lengths)
    {
        var buffer = bytes.ToArray();
        var parser = new ResponseParser();
        parser.Reset();
        foreach (var length in lengths[..^1])
        {
            Assert.False(parser.TryParse(buffer.AsMemory(0, length), out _));
        }

        Assert.True(parser.TryParse(buffer.AsMemory(0, lengths[^1]), out var response));
        return (response!.Status, Encoding.Latin1.GetString(response.Body.Span));
    }
}
