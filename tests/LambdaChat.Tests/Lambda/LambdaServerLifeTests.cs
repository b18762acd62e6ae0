using System.Net;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

/// <summary>The server's life: where it connects, one invocation after another or several at once, and its stop.</summary>
public sealed class LambdaServerLifeTests : LambdaServerTest
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:{0}")]
    [InlineData("127.0.0.1", "localhost:{0}")]
    [InlineData("::1", "[::1]:{0}")]
    public async Task RuntimeApi_AddressOrName_IsReached(string address, string variable)
    {
        using var api = new RawRuntimeApi(IPAddress.Parse(address));
        var authority = string.Format(System.Globalization.CultureInfo.InvariantCulture, variable, api.Port);
        await using var function = await FunctionUnderTest.StartAsync(new LambdaEnvironment(authority, IsSamLocal: false, MaxConcurrency: 1), context => context.Response.WriteAsync("x"));

        var request = await api.ReceiveAsync();

        Assert.EndsWith($"\r\nHost: {authority}", request.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_SeveralInvocations_UseTwoConnections()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        for (var i = 0; i < 3; i++)
        {
            await Api.GiveAsync(FunctionUnderTest.Get, $"id-{i}");
            var answer = await Api.ReceiveAsync();
            Assert.EndsWith("\0x", await answer.ReadChunksAsync(), StringComparison.Ordinal);
            await answer.AcceptAsync();
        }

        await Api.ReceiveAsync();
        Assert.Equal(2, Api.ConnectionCount);
    }

    [Fact]
    public async Task OnCompleted_RunsBehindTheAnswerAndBeforeTheNextInvocation()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.OnCompleted(() => Step.WaitAsync());
            return context.Response.WriteAsync("x");
        });
        await Api.GiveAsync(FunctionUnderTest.Get, "id-1");
        var answer = await Api.ReceiveAsync();

        Assert.EndsWith("\0x", await answer.ReadChunksAsync(), StringComparison.Ordinal);
        await answer.AcceptAsync();
        var next = Api.ReceiveAsync().AsTask();
        Assert.False(next.IsCompleted);
        Step.Release();

        Assert.StartsWith("GET /2018-06-01/runtime/invocation/next ", (await next).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MaxConcurrency_RunsSoManyInvocationsAtOnce()
    {
        await using var function = await FunctionUnderTest.StartAsync(Api.Environment(maxConcurrency: 2), async context =>
        {
            await context.Response.WriteAsync(context.Request.Path);
            await Step.WaitAsync();
        });
        await Api.GiveAsync(FunctionUnderTest.Get, "first");
        await Api.GiveAsync(FunctionUnderTest.Get, "second");

        RawRequest[] answers = [await Api.ReceiveAsync(), await Api.ReceiveAsync()];
        Step.Release(2);

        foreach (var answer in answers)
        {
            Assert.EndsWith("\0/", await answer.ReadChunksAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(
            ["POST /2018-06-01/runtime/invocation/first/response HTTP/1.1", "POST /2018-06-01/runtime/invocation/second/response HTTP/1.1"],
            answers.Select(answer => answer.Line).Order());
    }

    [Fact]
    public async Task StopAsync_InvocationUnderWay_IsFinishedFirst()
    {
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("begun");
            await Step.WaitAsync();
            await context.Response.WriteAsync(", done");
        });
        await Api.GiveAsync(FunctionUnderTest.Get);
        var answer = await Api.ReceiveAsync();
        await answer.ReadChunkAsync();

        var stop = function.StopAsync();
        Assert.False(stop.IsCompleted);
        Step.Release();

        Assert.Equal(", done", await answer.ReadChunksAsync());
        await answer.AcceptAsync();
        await stop;
    }
}
