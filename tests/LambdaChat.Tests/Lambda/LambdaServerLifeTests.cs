using System.Net;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>Connections, sequential and concurrent invocations, and the stop of the server.</summary>
public sealed class LambdaServerLifeTests : LambdaServerTest
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:{0}")]
    [InlineData("127.0.0.1", "localhost:{0}")]
    [InlineData("::1", "[::1]:{0}")]
    public async Task RuntimeApi_AddressOrName_Connects(string address, string variable)
    {
        using var api = new RawRuntimeApi(IPAddress.Parse(address));
        var authority = string.Format(System.Globalization.CultureInfo.InvariantCulture, variable, api.Port);
        var environment = new LambdaEnvironment(authority, IsSamLocal: false, MaxConcurrency: 1);
        await using var function = await FunctionUnderTest.StartAsync(environment, context => context.Response.WriteAsync("x"));

        var request = await api.ReceiveAsync();

        Assert.EndsWith($"\r\nHost: {authority}\r\nUser-Agent: lambdachat", request.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invocations_Sequential_UseTwoConnections()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        for (var i = 0; i < 3; i++)
        {
            await Api.GiveAsync(FunctionUnderTest.Get, $"id-{i}");
            var response = await Api.ReceiveAsync();
            Assert.EndsWith("\0x", await response.ReadChunksAsync(), StringComparison.Ordinal);
            await response.AcceptAsync();
        }

        await Api.ReceiveAsync();
        Assert.Equal(2, Api.ConnectionCount);
    }

    [Fact]
    public async Task OnCompleted_RunsAfterTheResponseAndBeforeTheNextPoll()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.OnCompleted(() => Step.WaitAsync());
            return context.Response.WriteAsync("x");
        });
        await Api.GiveAsync(FunctionUnderTest.Get, "id-1");
        var response = await Api.ReceiveAsync();

        Assert.EndsWith("\0x", await response.ReadChunksAsync(), StringComparison.Ordinal);
        await response.AcceptAsync();
        var next = Api.ReceiveAsync().AsTask();
        Assert.False(next.IsCompleted);
        Step.Release();

        Assert.StartsWith("GET /2018-06-01/runtime/invocation/next ", (await next).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MaxConcurrency_RunsInvocationsConcurrently()
    {
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(maxConcurrency: 2), async context =>
        {
            await context.Response.WriteAsync(context.Request.Path);
            await Step.WaitAsync();
        });
        RawRequest[] polls = [await Api.ReceivePollAsync(), await Api.ReceivePollAsync()];
        await RawRuntimeApi.GiveAsync(polls[0], FunctionUnderTest.Get, "first");
        await RawRuntimeApi.GiveAsync(polls[1], FunctionUnderTest.Get, "second");

        RawRequest[] responses = [await Api.ReceiveAsync(), await Api.ReceiveAsync()];
        Step.Release(2);

        foreach (var response in responses)
        {
            Assert.EndsWith("\0/", await response.ReadChunksAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(
            ["POST /2018-06-01/runtime/invocation/first/response HTTP/1.1", "POST /2018-06-01/runtime/invocation/second/response HTTP/1.1"],
            responses.Select(response => response.Line).Order());
    }

    [Fact]
    public async Task Invocations_Concurrent_FailIndependently()
    {
        var aborted = new TaskCompletionSource();
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(maxConcurrency: 2), async context =>
        {
            await context.Response.WriteAsync("begun");
            context.RequestAborted.Register(() => aborted.TrySetResult());
            await Step.WaitAsync();
            await context.Response.WriteAsync(", done");
        });
        RawRequest[] polls = [await Api.ReceivePollAsync(), await Api.ReceivePollAsync()];
        await RawRuntimeApi.GiveAsync(polls[0], FunctionUnderTest.Get, "first");
        var broken = await Api.ReceiveAsync();
        await broken.ReadChunkAsync();
        await RawRuntimeApi.GiveAsync(polls[1], FunctionUnderTest.Get, "second");
        var whole = await Api.ReceiveAsync();
        await whole.ReadChunkAsync();

        broken.Connection.Shutdown(System.Net.Sockets.SocketShutdown.Both);
        await aborted.Task;
        Step.Release(2);

        Assert.Equal(", done", await whole.ReadChunksAsync());
        await whole.AcceptAsync();
        await Api.ReceivePollAsync();
        await Api.ReceivePollAsync();
    }

    [Fact]
    public async Task StopAsync_RunningInvocation_EndsFirst()
    {
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("begun");
            await Step.WaitAsync();
            await context.Response.WriteAsync(", done");
        });
        await Api.GiveAsync(FunctionUnderTest.Get);
        var response = await Api.ReceiveAsync();
        await response.ReadChunkAsync();

        var stop = function.StopAsync();
        Assert.False(stop.IsCompleted);
        Step.Release();

        Assert.Equal(", done", await response.ReadChunksAsync());
        await response.AcceptAsync();
        await stop;
    }
}
