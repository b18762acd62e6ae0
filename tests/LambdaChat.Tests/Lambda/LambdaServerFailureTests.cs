using System.Buffers;
using System.Text;
using LambdaChat.Http;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>Unsupported events, failing handlers and lost connections. The next invocation is always served.</summary>
public sealed class LambdaServerFailureTests : LambdaServerTest
{
    [Theory]
    [InlineData("""{"key1":"value1"}""")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":"%%%","isBase64Encoded":true}""")]
    public async Task Event_Unsupported_IsReportedAsError(string json)
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        await Api.GiveAsync(json, "odd-1");

        var error = await Api.ReceiveAsync();

        Assert.Equal("POST /2018-06-01/runtime/invocation/odd-1/error HTTP/1.1", error.Line);
        Assert.Contains("Lambda-Runtime-Function-Error-Type: Function.UnknownEvent", error.Head, StringComparison.Ordinal);
        Assert.Contains("\"errorType\":\"Function.UnknownEvent\",\"stackTrace\":[]", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await AssertServesNextAsync();
    }

    [Theory]
    [InlineData(FunctionUnderTest.Get, "{\"statusCode\":400,\"headers\":{},\"body\":\"\",\"isBase64Encoded\":false}")]
    [InlineData("{\"source\":\"aws.events\"}", "{}")]
    public async Task Event_InvalidPathOrWarmUp_HasAResponse(string json, string expected)
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        await Api.GiveAsync(json.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/%00\"", StringComparison.Ordinal));

        var response = await Api.ReceiveAsync();

        Assert.EndsWith("/id-1/response HTTP/1.1", response.Line, StringComparison.Ordinal);
        Assert.Equal(expected, await response.ReadBodyAsync());
        await response.AcceptAsync();
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task Response_Refused_IsReportedAsError()
    {
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(isSamLocal: true), context => context.Response.WriteAsync("x"));
        await Api.GiveAsync(FunctionUnderTest.Get);
        var response = await Api.ReceiveAsync();
        await response.ReadBodyAsync();

        await response.AcceptAsync("413 Request Entity Too Large");

        var error = await Api.ReceiveAsync();
        Assert.EndsWith("/id-1/error HTTP/1.1", error.Line, StringComparison.Ordinal);
        Assert.Contains("\"errorMessage\":\"Lambda refused the response with status 413.\"", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await Api.ReceivePollAsync();
    }

    [Fact]
    public async Task Handler_ThrowsWithUnsentBytes_DiscardsThem()
    {
        await using var function = await StartAsync(
            context =>
            {
                context.Response.BodyWriter.Write(new byte[1000]);
                throw new InvalidOperationException("secret");
            },
            app => app.UseErrors());
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await (await Api.ReceiveAsync()).ReadChunksAsync();

        Assert.StartsWith("{\"statusCode\":500,", response, StringComparison.Ordinal);
        Assert.Contains("\0\0\0\0\0\0\0\0{\"error\":", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_ThrowsBeforeFirstByte_IsReportedAsError()
    {
        await using var function = await StartAsync(context =>
            context.Request.Path == "/fail" ? throw new InvalidOperationException("secret") : context.Response.WriteAsync("x"));
        await Api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/fail\"", StringComparison.Ordinal));

        var error = await Api.ReceiveAsync();

        Assert.EndsWith("/error HTTP/1.1", error.Line, StringComparison.Ordinal);
        Assert.Equal(
            """{"errorMessage":"The function failed. See its log for the cause.",""" +
            "\"errorType\":\"Function.InvalidOperationException\",\"stackTrace\":[]}",
            await error.ReadBodyAsync());
        await error.AcceptAsync();
        await AssertServesNextAsync();
    }

    [Theory]
    [InlineData("throw", "Function.InvalidOperationException")]
    [InlineData("abort", "Function.Aborted")]
    public async Task Handler_FailsAfterFirstByte_EndsWithErrorTrailers(string way, string type)
    {
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("part");
            if (context.Request.Path != "/fail")
            {
                return;
            }

            if (way == "throw")
            {
                throw new InvalidOperationException("secret");
            }

            context.Abort();
        });
        await Api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/fail\"", StringComparison.Ordinal));

        var response = await Api.ReceiveAsync();
        Assert.EndsWith("\0part", await response.ReadChunkAsync(), StringComparison.Ordinal);
        Assert.Equal("", await response.ReadChunkAsync());
        var trailers = (await response.ReadTrailersAsync()).Split('\n');

        Assert.Equal($"Lambda-Runtime-Function-Error-Type: {type}", trailers[0]);
        Assert.StartsWith("Lambda-Runtime-Function-Error-Body: ", trailers[1], StringComparison.Ordinal);
        var body = Encoding.UTF8.GetString(Convert.FromBase64String(trailers[1].Split(": ")[1]));
        Assert.Contains($"\"errorType\":\"{type}\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        await response.AcceptAsync();
        await AssertServesNextAsync("part");
    }

    [Fact]
    public async Task ResponseConnection_Reset_CancelsRequestAbortedOnly()
    {
        var isCompleted = new TaskCompletionSource<bool>();
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("x");
            if (context.Request.Path == "/long")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                isCompleted.SetResult((await context.Response.BodyWriter.WriteAsync("y"u8.ToArray())).IsCompleted);
            }
        });
        await Api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/long\"", StringComparison.Ordinal));
        await (await Api.ReceiveAsync()).ReadChunkAsync();

        Api.ResetConnections();

        Assert.True(await isCompleted.Task);
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task RuntimeApi_RespondsBeforeTheEnd_CancelsRequestAborted()
    {
        var aborted = new TaskCompletionSource();
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("x");
            if (context.Request.Path == "/long")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                aborted.SetResult();
            }
        });
        await Api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/long\"", StringComparison.Ordinal));
        var response = await Api.ReceiveAsync();
        await response.ReadChunkAsync();

        await response.AcceptAsync();

        await aborted.Task;
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task Poll_ConnectionReset_Reconnects()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        await Api.ReceiveAsync();

        Api.ResetConnections();

        await AssertServesNextAsync();
    }

    // The server polls again, and the next invocation succeeds.
    private async Task AssertServesNextAsync(string body = "x")
    {
        await Api.GiveAsync(FunctionUnderTest.Get, "after");
        var response = await Api.ReceiveAsync();
        Assert.Equal("POST /2018-06-01/runtime/invocation/after/response HTTP/1.1", response.Line);
        Assert.EndsWith("\0" + body, await response.ReadChunksAsync(), StringComparison.Ordinal);
    }
}
