using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Lambda;

/// <summary>Responses and errors that the Runtime API does not accept. The next invocation is always served.</summary>
public sealed class LambdaServerLostResponseTests : LambdaServerTest
{
    private readonly LoggedMessages _log = new();

    [Theory]
    [InlineData("{\"source\":\"aws.events\"}", "response")]
    [InlineData("{\"unknown\":\"event\"}", "error")]
    public async Task Connection_ResetBeforeTheStatus_IsLogged(string json, string request)
    {
        await using var function = await StartAsync();
        await Api.GiveAsync(json);
        Assert.EndsWith($"/id-1/{request} HTTP/1.1", (await Api.ReceiveAsync()).Line, StringComparison.Ordinal);
        _ = _log.TakeAll(LogLevel.Error).ToList(); // An unknown event is logged as well.

        Api.ResetConnections();

        Assert.StartsWith("The response to invocation id-1 was lost", await _log.WaitForAsync(LogLevel.Error), StringComparison.Ordinal);
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task NewConnections_Refused_LoseTheResponseOnly()
    {
        await using var function = await StartAsync();
        var poll = await Api.ReceivePollAsync();
        while (Api.ConnectionCount < 2) // The connection for responses opens while the poll waits.
        {
            await Task.Yield();
        }

        Api.KeepOnly(poll.Connection);
        await RawRuntimeApi.GiveAsync(poll, FunctionUnderTest.Get, "id-1");

        Assert.Equal("Invocation id-1 failed.", await _log.WaitForAsync(LogLevel.Error));
        Assert.StartsWith("The response to invocation id-1 was lost", await _log.WaitForAsync(LogLevel.Error), StringComparison.Ordinal);

        await RawRuntimeApi.GiveAsync(await Api.ReceivePollAsync(), FunctionUnderTest.Get, "id-2"); // On the same connection.
        Assert.Equal("Invocation id-2 failed.", await _log.WaitForAsync(LogLevel.Error));
    }

    [Fact]
    public async Task StreamedResponse_RefusedAfterItsEnd_IsLogged()
    {
        await using var function = await StartAsync();
        await Api.GiveAsync(FunctionUnderTest.Get);
        var response = await Api.ReceiveAsync();
        await response.ReadChunksAsync();

        await response.AcceptAsync("413 Request Entity Too Large");

        Assert.Equal(
            "The Runtime API did not accept the response to invocation id-1: status 413.", await _log.WaitForAsync(LogLevel.Error));
        await AssertServesNextAsync();
    }

    private Task<FunctionUnderTest> StartAsync() =>
        StartAsync(context => context.Response.WriteAsync("x"), app => _log.AddTo(app.Services));

    private async Task AssertServesNextAsync()
    {
        await Api.GiveAsync(FunctionUnderTest.Get, "after");
        var response = await Api.ReceiveAsync();
        Assert.EndsWith("/after/response HTTP/1.1", response.Line, StringComparison.Ordinal);
        Assert.EndsWith("\0x", await response.ReadChunksAsync(), StringComparison.Ordinal);
    }
}
