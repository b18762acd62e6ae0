using System.Net;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Failures;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Tests.Upstream.Retries;

/// <summary>The wait for endpoints that are scaled to zero.</summary>
public sealed partial class TargetCallerTests
{
    [Fact]
    public async Task CallAsync_ColdEndpoint_IsCalledEveryFewSecondsUntilItIsUp()
    {
        var (response, seconds,
            called) = await CallAsync(_ => Seconds() < 100 ? new(FailureKind.Cold) : null,
                Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Null(response.Failure);
        Assert.True(response.HasWaitedCold);
        Assert.InRange(seconds, 100, 110);
        Assert.InRange(called.Count, 12, 45);
    }

    [Fact]
    public async Task CallAsync_ColdBeyondTheTimeout_Fails()
    {
        var (response, seconds,
            _) = await CallAsync(_ => new(FailureKind.Cold), Model("a") with { ColdTimeout = TimeSpan.FromSeconds(60) });

        Assert.Equal(FailureKind.Cold, response.Failure!.Kind);
        Assert.InRange(seconds, 55, 70);
    }

    [Fact]
    public async Task CallAsync_ColdWithoutTimeout_FailsAtOnce()
    {
        var (response, seconds, called) = await CallAsync(_ => new(FailureKind.Cold), Model("a"));

        Assert.Equal((FailureKind.Cold, false, 0, 1), (response.Failure!.Kind, response.HasWaitedCold, seconds, called.Count));
    }

    [Fact]
    public async Task CallAsync_ColdWithAnotherTarget_CallsTheOtherAtOnce()
    {
        var (response, seconds,
            called) = await CallAsync(target => target == "a" ? new(FailureKind.Cold) : null,
                Model("a", "b") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal((null, 1, 0), (response.Failure, response.Target, seconds));
        Assert.Equal(["a", "b"], called);
    }

    [Fact]
    public async Task CallAsync_AllTargetsCold_WaitsForAnyOfThem()
    {
        var (response, _, called) = await CallAsync(
            target => target == "b" && Seconds() >= 20 ? null : new(FailureKind.Cold),
                Model("a", "b") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal((null, 1), (response.Failure, response.Target));
        Assert.Equal(["a", "b", "a", "b"], called[..4]);
    }

    [Fact]
    public async Task CallAsync_OneTargetColdAndOneUnavailable_DoesNotWait()
    {
        var (response, seconds, _) = await CallAsync(
            target => new(target == "a" ? FailureKind.Cold : FailureKind.Unavailable),
                Model("a", "b") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal(FailureKind.Unavailable, response.Failure!.Kind);
        Assert.InRange(seconds, 0, 3);
    }

    [Theory]
    [InlineData(nameof(FailureKind.Unreachable))]
    [InlineData(nameof(FailureKind.Unavailable))]
    [InlineData(nameof(FailureKind.Throttled))]
    [InlineData(nameof(FailureKind.SageMakerFailure))]
    public async Task CallAsync_TransientFailuresAfterTheWait_DoNotEndIt(string kind)
    {
        var (response, seconds, _) = await CallAsync(
            _ => Seconds() switch
            {
                < 100 => new(FailureKind.Cold),
                < 160 => new(Enum.Parse<FailureKind>(kind)),
                < 200 => new(FailureKind.Cold),
                < 240 => new(FailureKind.ContainerError, new ContainerError(503, "starts")),
                _ => null,
            },
            Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Null(response.Failure);
        Assert.InRange(seconds, 240, 250);
    }

    [Fact]
    public async Task CallAsync_TransientFailuresBeyondTheColdTimeout_Fail()
    {
        var (response, seconds, called) = await CallAsync(
            _ => new(Seconds() < 10 ? FailureKind.Cold : FailureKind.Unavailable),
            Model("a") with { ColdTimeout = TimeSpan.FromSeconds(60) });

        Assert.Equal(FailureKind.Unavailable, response.Failure!.Kind);
        Assert.InRange(seconds, 55, 70);
        Assert.InRange(called.Count, 9, 20); // Never without a pause.
    }

    [Fact]
    public async Task CallAsync_TransientFailureBeforeACold_WaitsForTheEndpoint()
    {
        var calls = 0;
        var (response, seconds, _) = await CallAsync(
            _ => calls++ == 0 ? new(FailureKind.Unreachable) : Seconds() < 100 ? new(FailureKind.Cold) : null,
            Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Null(response.Failure);
        Assert.InRange(seconds, 100, 110);
    }

    [Fact]
    public async Task CallAsync_OneTargetStartsAndOneIsCold_WaitsForAnyOfThem()
    {
        var (response, seconds, _) = await CallAsync(
            target => target == "b" || Seconds() < 50 ? new(FailureKind.Cold)
                : Seconds() < 90 ? Throttled(seconds: 400) : null,
            Model("a", "b") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal((null, 0), (response.Failure, response.Target));
        Assert.InRange(seconds, 90, 105);
    }

    [Theory]
    [InlineData(40, null, 50, 60)]
    [InlineData(400, nameof(FailureKind.Throttled), 10, 20)]
    public async Task CallAsync_RetryAfterDuringTheWait_IsObeyedWithinTheColdTimeout(int named, string? failure, int from, int to)
    {
        var (response, seconds, _) = await CallAsync(
            _ => Seconds() switch { < 10 => new(FailureKind.Cold), < 40 => Throttled(named), _ => null },
            Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal(failure, response.Failure?.Kind.ToString());
        Assert.InRange(seconds, from, to);
    }

    [Fact]
    public async Task CallAsync_PermanentFailureAfterTheWait_Fails()
    {
        var (response, seconds, _) = await CallAsync(
            _ => new(Seconds() < 10 ? FailureKind.Cold : FailureKind.AccessDenied),
            Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal(FailureKind.AccessDenied, response.Failure!.Kind);
        Assert.InRange(seconds, 10, 20);
    }

    // An endpoint whose instance starts: cold, then a connection that is reset, then a model server that is not ready, then a reply.
    [Fact]
    public async Task CallAsync_EndpointStarts_RepliesAtTheEnd()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = UpstreamConnections.CreateHttp();
        var client = LoopbackSageMaker.CreateClient(http, new Uri($"http://{listener.LocalEndpoint}"));
        var caller = new TargetCaller(client, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var model = Model("a") with { ColdTimeout = TimeSpan.FromDays(30) }; // The clock runs ahead while an attempt is on the wire.
        var call = caller.CallAsync(model, new EndpointCall(CallMode.Plain, [], []), excluded: null, TestContext.Current.CancellationToken);

        await AnswerAsync(listener, call, Error(400, "ValidationError", "Inference Component has no capacity to process this request."));
        await AnswerAsync(listener, call, answer: null);
        await AnswerAsync(listener, call, Error(429, "ModelNotReadyException", "not ready"));
        await AnswerAsync(listener, call, Error(503, "ServiceUnavailable", "not ready"));
        await AnswerAsync(listener, call, Loopback.Json("{}"));

        using var response = await call;
        Assert.Equal((null, 5, true), (response.Failure, response.Attempts, response.HasWaitedCold));
    }

    private static string Error(int status, string type, string message) =>
        Loopback.Json($$"""{"__type":"{{type}}","message":"{{message}}"}""", status);

    // Advances the time until the next attempt arrives. Null resets its connection.
    private async Task AnswerAsync(TcpListener listener, Task call, string? answer)
    {
        var accepting = listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask();
        while (!accepting.IsCompleted)
        {
            Assert.False(call.IsCompleted, "No attempt follows.");
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        using var socket = await accepting;
        await socket.ReceiveAsync(new byte[16 * 1024]);
        if (answer is null)
        {
            socket.LingerState = new LingerOption(true, 0); // Resets the connection when it is closed.
            return;
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(answer));
        socket.Shutdown(SocketShutdown.Send);
    }
}
