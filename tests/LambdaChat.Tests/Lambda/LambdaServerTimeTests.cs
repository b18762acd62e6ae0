using LambdaChat.Http;
using LambdaChat.Lambda;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Lambda;

/// <summary>Deadlines of invocations and of the Runtime API.</summary>
[Collection("exit code")] // One for the process, which other tests in this collection also set.
public sealed class LambdaServerTimeTests
{
    public LambdaServerTimeTests() => Environment.ExitCode = 0;

    [Fact]
    public async Task RequestAborted_AtTheDeadline_LeavesTimeForAnError()
    {
        var time = new FakeTimeProvider();
        using var api = new RawRuntimeApi();
        var waiting = new TaskCompletionSource();
        await using var function = await FunctionUnderTest.StartAsync(
            api.Environment(),
            async context =>
            {
                await context.Response.WriteAsync("part");
                context.RequestAborted.Register(waiting.SetResult);
                await waiting.Task;
                var timeout = context.Features.Get<IHttpRequestTimeoutFeature>()!.RequestTimeoutToken;
                await context.Response.WriteAsync(timeout.IsCancellationRequested ? ", time is over" : ", client gone");
            },
            time);
        await api.GiveAsync(FunctionUnderTest.Get, deadline: time.GetUtcNow() + TimeSpan.FromSeconds(30));
        var response = await api.ReceiveAsync();
        await response.ReadChunkAsync();

        time.Advance(TimeSpan.FromSeconds(28.9));
        Assert.False(waiting.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(", time is over", await response.ReadChunksAsync());
    }

    [Fact]
    public async Task Invocation_CannotStart_IsReportedAsError()
    {
        var time = new BrokenTimeProvider();
        using var api = new RawRuntimeApi();
        await using var function = await FunctionUnderTest.StartAsync(api.Environment(), context => context.Response.WriteAsync("x"), time);

        await api.GiveAsync(FunctionUnderTest.Get, "id-1", DateTimeOffset.UnixEpoch.AddSeconds(1));
        var error = await api.ReceiveAsync();
        Assert.StartsWith("POST /2018-06-01/runtime/invocation/id-1/error ", error.Line, StringComparison.Ordinal);
        Assert.Contains("\"errorType\":\"Function.NotSupportedException\"", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await api.GiveAsync(FunctionUnderTest.Get, "id-2");

        Assert.EndsWith("\0x", await (await api.ReceiveAsync()).ReadChunkAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("9223372036854775807")]
    [InlineData("4102444800000000")] // Beyond the year 9999.
    [InlineData("32503680000000")] // The year 3000: the emulator of Managed Instances sends such times.
    public async Task Deadline_MissingOrFar_LeavesTime(string deadline)
    {
        using var api = new RawRuntimeApi();
        await using var function = await FunctionUnderTest.StartAsync(
            api.Environment(), context => context.Response.WriteAsync(context.RequestAborted.IsCancellationRequested ? "late" : "on time"));

        var headers = deadline.Length > 0 ? $"Lambda-Runtime-Deadline-Ms: {deadline}\r\n" : "";
        await RawRuntimeApi.GiveAsync(await api.ReceivePollAsync(), FunctionUnderTest.Get, "id-1", headers);

        Assert.EndsWith("\0on time", await (await api.ReceiveAsync()).ReadChunksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_InThePast_CancelsTheRequest()
    {
        using var api = new RawRuntimeApi();
        await using var function = await FunctionUnderTest.StartAsync(
            api.Environment(), context => context.Response.WriteAsync(context.RequestAborted.IsCancellationRequested ? "late" : "on time"));

        await api.GiveAsync(FunctionUnderTest.Get, deadline: DateTimeOffset.UnixEpoch.AddSeconds(1));

        Assert.EndsWith("\0late", await (await api.ReceiveAsync()).ReadChunksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_BeforeTheResponseStarts_IsAnError()
    {
        var time = new FakeTimeProvider();
        using var api = new RawRuntimeApi();
        var started = new TaskCompletionSource();
        await using var function = await FunctionUnderTest.StartAsync(
            api.Environment(),
            async context =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            time,
            app => app.UseErrors());
        await api.GiveAsync(FunctionUnderTest.Get, deadline: time.GetUtcNow() + TimeSpan.FromSeconds(30));
        await started.Task;

        time.Advance(TimeSpan.FromSeconds(29));

        var response = await (await api.ReceiveAsync()).ReadChunksAsync();
        Assert.StartsWith("{\"statusCode\":504,", response, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"deadline_exceeded\"", response, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"The request reached the function's time limit.\"", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_UnexpectedException_StopsTheHostWithExitCodeOne()
    {
        using var api = new RawRuntimeApi();
        await using var function = await FunctionUnderTest.StartAsync(
            api.Environment(), context => context.Response.WriteAsync("x"), new BrokenTimeProvider());
        var stopping = new TaskCompletionSource();
        function.Lifetime.ApplicationStopping.Register(stopping.SetResult);

        await (await api.ReceivePollAsync()).Connection.SendAsync("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        await stopping.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, Environment.ExitCode);
    }

    [Theory]
    [InlineData(30, 29)]
    [InlineData(3, 2)]
    [InlineData(0.9, 0.6)]
    [InlineData(-5, 0)]
    public void Lifetime_Margin_IsOneSecondOrAThird(double seconds, double expected)
    {
        var time = new FakeTimeProvider();
        using var lifetime = new InvocationLifetime(time.GetUtcNow() + TimeSpan.FromSeconds(seconds), time);

        time.Advance(TimeSpan.FromSeconds(expected * 0.99));
        Assert.Equal(expected == 0, lifetime.RequestAborted.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds((expected * 0.01) + 0.001));
        Assert.True(lifetime.RequestAborted.IsCancellationRequested);
        Assert.True(lifetime.RequestTimeoutToken.IsCancellationRequested);
    }

    [Fact]
    public void Lifetime_WithoutDeadline_NeverTimesOut()
    {
        var time = new FakeTimeProvider();
        using var lifetime = new InvocationLifetime(deadline: null, time);

        time.Advance(TimeSpan.FromDays(30));
        Assert.False(lifetime.RequestAborted.IsCancellationRequested);

        lifetime.CancelRequest();
        Assert.True(lifetime.RequestAborted.IsCancellationRequested);
        Assert.False(lifetime.RequestTimeoutToken.IsCancellationRequested);
        Assert.False(lifetime.IsAborted);
    }

    [Fact]
    public async Task Poll_RefusedForTwoSeconds_StopsTheHostWithExitCodeOne()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(10) };
        using var api = new RawRuntimeApi();
        await using var function = await FunctionUnderTest.StartAsync(api.Environment(), context => context.Response.WriteAsync("x"), time);
        var stopping = new TaskCompletionSource();
        function.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await api.ReceiveAsync();
        var start = time.GetUtcNow();

        api.Refuse();
        while (!stopping.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.InRange((time.GetUtcNow() - start).TotalSeconds, 2, double.MaxValue);
        Assert.Equal(1, Environment.ExitCode);
    }

    private sealed class BrokenTimeProvider : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new NotSupportedException("secret");

        public override long GetTimestamp() => throw new NotSupportedException("secret");
    }
}
