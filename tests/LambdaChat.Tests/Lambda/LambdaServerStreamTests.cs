using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>Streamed responses: a prelude, then one chunk per flush.</summary>
public sealed class LambdaServerStreamTests : LambdaServerTest
{
    private const string Prelude = "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"}}\0\0\0\0\0\0\0\0";

    [Fact]
    public async Task Response_Streamed_SendsPreludeAndFirstBytesTogetherThenOneChunkPerFlush()
    {
        await using var function = await StartAsync(async context =>
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync("one");
            await Step.WaitAsync();
            await context.Response.BodyWriter.WriteAsync("two"u8.ToArray());
            await Step.WaitAsync();
            context.Response.BodyWriter.Write("three"u8);
        });
        await Api.GiveAsync(FunctionUnderTest.Get, "abc-1");

        var response = await Api.ReceiveAsync();

        Assert.Equal(
            $"POST /2018-06-01/runtime/invocation/abc-1/response HTTP/1.1\r\nHost: 127.0.0.1:{Api.Port}\r\nUser-Agent: lambdachat\r\n" +
            "Content-Type: application/vnd.awslambda.http-integration-response\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n" +
            "Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
            response.Head);
        Assert.Equal($"{Prelude.Length + 3:x}\r\n{Prelude}one\r\n", response.FirstBytes);
        Assert.Equal(Prelude + "one", await response.ReadChunkAsync());
        Step.Release();
        Assert.Equal("two", await response.ReadChunkAsync());
        Step.Release();
        Assert.Equal("three", await response.ReadChunkAsync());
        Assert.Equal("", await response.ReadChunkAsync());
        Assert.Equal("", await response.ReadTrailersAsync());
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("start, stream")]
    [InlineData("writer")]
    [InlineData("start, writer")]
    [InlineData("wrapped, stream")]
    [InlineData("wrapped, start, writer")]
    public async Task Flush_AnyWriter_SendsTheBytes(string way)
    {
        await using var function = await StartAsync(
            async context =>
            {
                if (way.Contains("start", StringComparison.Ordinal))
                {
                    await context.Response.StartAsync();
                }

                foreach (var text in (string[])["one", "two"])
                {
                    await WriteAsync(context.Response, Encoding.UTF8.GetBytes(text), way.EndsWith("writer", StringComparison.Ordinal));
                    await Step.WaitAsync();
                }
            },
            app => app.Use(async (context, next) =>
            {
                if (way.StartsWith("wrapped", StringComparison.Ordinal))
                {
                    context.Response.Body = new BufferedStream(context.Response.Body);
                }

                await next(context);
            }));
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await Api.ReceiveAsync();
        Assert.EndsWith("\0one", await response.ReadChunkAsync(), StringComparison.Ordinal);
        Step.Release();
        Assert.Equal("two", await response.ReadChunkAsync());
        Step.Release();
        Assert.Equal("", await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Prelude_HasStatusHeadersAndCookies()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers.Append("X-Many", new(["a", "b"]));
            context.Response.Headers.ContentLength = 2;
            context.Response.Headers.Connection = "close";
            context.Response.Cookies.Append("k", "v");
            context.Response.Cookies.Append("l", "w");
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["x-late"] = "1";
                return Task.CompletedTask;
            });
            return context.Response.WriteAsync("ok");
        });
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await Api.ReceiveAsync();

        Assert.Equal(
            """{"statusCode":418,"headers":{"x-many":"a, b","x-late":"1"},"cookies":["k=v; path=/","l=w; path=/"]}""" +
            "\0\0\0\0\0\0\0\0ok",
            await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Body_Binary_IsUnchanged()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        await using var function = await StartAsync(context => context.Response.Body.WriteAsync(bytes).AsTask());
        await Api.GiveAsync(FunctionUnderTest.Get);

        var body = await (await Api.ReceiveAsync()).ReadChunksAsync();

        Assert.EndsWith("\0\0\0\0\0\0\0\0" + Encoding.Latin1.GetString(bytes), body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_LongerThanABufferedResponse_IsStreamedWithoutACopy()
    {
        var bytes = new byte[7 * 1024 * 1024];
        Array.Fill(bytes, (byte)'x');
        await using var function = await StartAsync(context =>
        {
            context.Response.BodyWriter.Write(bytes);
            return Task.CompletedTask;
        });
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await Api.ReceiveAsync();

        Assert.EndsWith("\0\0\0\0\0\0\0\0", await response.ReadChunkAsync(), StringComparison.Ordinal);
        Assert.Equal(bytes.Length, (await response.ReadChunkAsync()).Length);
        Assert.Equal("", await response.ReadChunksAsync());
    }

    [Theory]
    [InlineData("Lambda-Runtime-Invocation-Id: abc\r\n", "\r\nLambda-Runtime-Invocation-Id: abc\r\n")]
    [InlineData("", "")]
    public async Task InvocationId_IsReturned(string header, string expected)
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        await RawRuntimeApi.GiveAsync(await Api.ReceivePollAsync(), FunctionUnderTest.Get, "id-1", header);

        var response = await Api.ReceiveAsync();

        Assert.Contains(expected, response.Head, StringComparison.Ordinal);
        Assert.Equal(expected.Length > 0, response.Head.Contains("Invocation-Id", StringComparison.Ordinal));
    }

    private static async Task WriteAsync(HttpResponse response, byte[] bytes, bool isWriter)
    {
        if (isWriter)
        {
            response.BodyWriter.Write(bytes);
            await response.BodyWriter.FlushAsync();
        }
        else
        {
            await response.Body.WriteAsync(bytes);
            await response.Body.FlushAsync();
        }
    }
}
