using LambdaChat.Lambda.RuntimeApi;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Lambda;

/// <summary>
/// Invocations that would last beyond Lambda's deadline, because the Runtime API accepts no more bytes or does not respond, or because work
/// follows the response. The function polls again before the deadline, so that Lambda does not end the environment.
/// </summary>
public sealed class LambdaServerDeadlineTests : IDisposable
{
    private const int Limit = 60_000; // Milliseconds: a function that does not poll again fails the test.
    private const int Held = 24 * 1024 * 1024; // Bytes that do not fit into the buffers of two sockets.

    private readonly ObservedTime _time = new(TimeSpan.FromSeconds(29.75)); // The time for the work after a response.
    private readonly RawRuntimeApi _api = new();
    private readonly LoggedMessages _log = new();

    public void Dispose()
    {
        _api.Dispose();
        _time.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Write_Held_EndsBeforeTheDeadline()
    {
        var written = new TaskCompletionSource<bool>();
        await using var function = await StartAsync(async context =>
        {
            context.Response.BodyWriter.Advance(Fill(context.Response.BodyWriter.GetSpan(Held)));
            var flush = await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
            written.SetResult(flush.IsCompleted);
        });
        await GiveAsync(FunctionUnderTest.Get);
        await _api.ReceiveAsync();

        _time.Advance(TimeSpan.FromSeconds(29.4));
        Assert.False(written.Task.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(await written.Task); // The client is gone.
        Assert.Equal(
            "The Runtime API did not accept the response to invocation id-1: it was not sent by the deadline.",
            await _log.WaitForAsync(LogLevel.Error));
        await AssertServesNextAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Write_HeldWhenTheResponseIsAborted_ClosesTheConnectionAtOnce()
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var function = await StartAsync(async context =>
        {
            context.Response.BodyWriter.Advance(Fill(context.Response.BodyWriter.GetSpan(Held)));
            _ = context.Response.BodyWriter.FlushAsync(CancellationToken.None).AsTask();
            await stop.Task;
            context.Abort();
        });
        await GiveAsync(FunctionUnderTest.Get);
        await _api.ReceiveAsync();

        stop.SetResult();

        Assert.Equal(
            "The Runtime API did not accept the response to invocation id-1: it was aborted while the Runtime API accepted no bytes.",
            await _log.WaitForAsync(LogLevel.Error));
        await AssertServesNextAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(FunctionUnderTest.Get, false, "/response")]
    [InlineData(FunctionUnderTest.Get, true, "/response")]
    [InlineData("""{"source":"aws.events"}""", false, "/response")]
    [InlineData("""{"unknown":"event"}""", false, "/error")]
    public async Task Acknowledgement_Missing_EndsBeforeTheDeadline(string json, bool isSamLocal, string path)
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"), isSamLocal);
        await GiveAsync(json);
        Assert.Contains(path, (await _api.ReceiveAsync()).Line, StringComparison.Ordinal);
        var next = _api.ReceivePollAsync();

        _time.Advance(TimeSpan.FromSeconds(29.4));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        await RawRuntimeApi.GiveAsync(await next, """{"source":"aws.events"}""", "after");
        Assert.Contains("/after/response", (await _api.ReceiveAsync()).Line, StringComparison.Ordinal);
    }

    /// <summary>A handler that ignores the cancellation. Its response would begin when the time for it is over.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_BeginsAfterItsTime_IsNotSent(bool throws)
    {
        var (started, work) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var function = await StartAsync(async context =>
        {
            started.SetResult();
            await work.Task;
            await (throws ? throw new FormatException("thrown by the handler") : context.Response.WriteAsync("x", CancellationToken.None));
        });
        await GiveAsync(FunctionUnderTest.Get);
        await started.Task;
        _time.Advance(TimeSpan.FromSeconds(29.5));
        work.SetResult();

        await AssertServesNextAsync(); // Without a request for the response, or for its error.
    }

    [Fact(Timeout = Limit)]
    public async Task WorkAfterTheResponse_Lasts_EndsWithTheNextInvocation()
    {
        var (work, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var function = await StartAsync(context =>
        {
            context.Response.OnCompleted(async () =>
            {
                await work.Task;
                ended.SetResult();
            });
            return context.Response.WriteAsync("x");
        });
        await GiveAsync(FunctionUnderTest.Get);
        var response = await _api.ReceiveAsync();
        await response.ReadChunksAsync();
        await response.AcceptAsync();
        await _time.TimerAsync();
        var next = _api.ReceivePollAsync();

        _time.Advance(TimeSpan.FromSeconds(29.7));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.05));

        await next;
        Assert.Equal(
            "The work after the response to invocation id-1 did not end before the deadline. It continues during the next invocation.",
            await _log.WaitForAsync(LogLevel.Warning));
        work.SetResult();
        await ended.Task;
    }

    [Theory]
    [InlineData(30, 29.5)]
    [InlineData(3, 2.5)]
    [InlineData(0.9, 0.75)]
    [InlineData(100_000, 86_400)]
    public void UntilClosed_Margin_IsHalfTheMarginOfTheRequest(double seconds, double expected) =>
        Assert.Equal(expected, DeadlineMargin.UntilClosed(_time.GetUtcNow().AddSeconds(seconds), _time).TotalSeconds, precision: 3);

    [Fact]
    public void UntilClosed_DeadlineHasPassed_IsInfinite() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, DeadlineMargin.UntilClosed(_time.GetUtcNow().AddSeconds(-5), _time));

    private Task<FunctionUnderTest> StartAsync(RequestDelegate handler, bool isSamLocal = false) => FunctionUnderTest.StartAsync(
        _api.Environment(isSamLocal), handler, _time, app => _log.AddTo(app.Services));

    private Task GiveAsync(string json) => _api.GiveAsync(json, deadline: _time.GetUtcNow() + TimeSpan.FromSeconds(30));

    // On a new connection.
    private async Task AssertServesNextAsync()
    {
        await _api.GiveAsync("""{"source":"aws.events"}""", "after");
        Assert.Contains("/after/response", (await _api.ReceiveAsync()).Line, StringComparison.Ordinal);
    }

    private static int Fill(Span<byte> bytes)
    {
        bytes[..Held].Fill((byte)'a');
        return Held;
    }
}
