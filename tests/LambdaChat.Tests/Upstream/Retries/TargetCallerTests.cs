using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Upstream.Retries;

/// <summary>Retries with a fake clock and a scripted endpoint. The functional tests cover the wire.</summary>
public sealed partial class TargetCallerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task CallAsync_TransientFailure_GivesEachTargetTwoAttempts()
    {
        var (response, seconds, called) = await CallAsync(_ => new(FailureKind.Unavailable), Model("a", "b", "c"));

        Assert.Equal((FailureKind.Unavailable, 6), (response.Failure!.Kind, response.Attempts));
        Assert.Equal(["a", "a", "b", "b", "c", "c"], called);
        Assert.InRange(seconds, 3, 9); // Pauses of about 250 ms, 1 s and 4 s.
    }

    [Fact]
    public async Task CallAsync_ManyTargets_MakesNineAttempts()
    {
        var (response, _,
            called) = await CallAsync(_ => new(FailureKind.InvalidTarget), Model([.. "abcdefghijklm".Select(name => name.ToString())]));

        Assert.Equal((9, 9), (response.Attempts, called.Count));
    }

    [Fact]
    public async Task CallAsync_FailureOfTheRequest_IsNotRetried()
    {
        var (response, _, called) = await CallAsync(_ => new(FailureKind.ContainerError, new ContainerError(400, "bad")), Model("a", "b"));

        Assert.Equal((400, 1), (response.Failure!.Container!.Status, called.Count));
    }

    [Fact]
    public async Task CallAsync_RetryAfterWithinTheBudget_Waits()
    {
        var calls = 0;
        var (response, seconds, _) = await CallAsync(_ => calls++ == 0 ? Throttled(seconds: 7) : null, Model("a"));

        Assert.Null(response.Failure);
        Assert.InRange(seconds, 7, 8);
    }

    [Fact]
    public async Task CallAsync_RetryAfterBeyondTheBudget_FailsAtOnce()
    {
        var (response, seconds, called) = await CallAsync(_ => Throttled(seconds: 21), Model("a"));

        Assert.Equal((TimeSpan.FromSeconds(21), 0, 1), (response.Failure!.RetryAfter, seconds, called.Count));
    }

    [Fact]
    public async Task CallAsync_RetryAfterBeyondTheBudgetWithAnotherTarget_CallsTheOtherAtOnce()
    {
        var (response, seconds, called) = await CallAsync(target => target == "a" ? Throttled(seconds: 21) : null, Model("a", "b"));

        Assert.Equal((null, 0, 2), (response.Failure, seconds, called.Count));
    }

    [Fact]
    public async Task CallAsync_WithoutBudget_CallsTheFirstTargetOnce()
    {
        var (response, _, called) = await CallAsync(_ => new(FailureKind.Unavailable), Model("a", "b"), budgetSeconds: 0);

        Assert.Equal((FailureKind.Unavailable, 1), (response.Failure!.Kind, called.Count));
    }

    [Fact]
    public async Task CallAsync_IdleTimeoutShorterThanTheWaits_LimitsOnlyTheAttempts()
    {
        var model = Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5), IdleTimeout = TimeSpan.FromSeconds(2) };

        var (response, seconds, _) = await CallAsync(_ => Seconds() < 100 ? new(FailureKind.Cold) : null, model);

        Assert.Null(response.Failure);
        Assert.InRange(seconds, 100, 110);
    }

    [Fact]
    public async Task CallAsync_AttemptBeyondTheIdleTimeout_IsASilentModel()
    {
        var caller = new TargetCaller(new SilentEndpoint(), new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var model = Model("a", "b") with { IdleTimeout = TimeSpan.FromSeconds(7) };
        var call = caller.CallAsync(model, new EndpointCall(CallMode.Stream, [], []), excluded: null,
            TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(FailureKind.ModelSilent, (await call).Failure!.Kind);
    }

    [Fact]
    public async Task CallAsync_ContainersOwn500_CallsTheNextTargetOnce()
    {
        var (response, _, called) = await CallAsync(_ => new(FailureKind.ContainerError, new ContainerError(500, "dead")), Model("a", "b"));

        Assert.Equal(500, response.Failure!.Container!.Status);
        Assert.Equal(["a", "b"], called);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(FailureKind.ContainerError, 400, true)] // Of the request: the target responds.
    [InlineData(FailureKind.ContainerError, 504, false)]
    [InlineData(FailureKind.ModelSilent, null, false)]
    [InlineData(FailureKind.ModelTimeout, null, false)]
    internal async Task CallAsync_TargetThatFailedBefore_IsCalledFirstAgainOnlyIfItResponds(FailureKind? kind, int? status, bool responds)
    {
        var health = new TargetHealth(_time);
        var model = Model("a", "b");
        health.MarkFailed(model.Targets[0]);
        var failure = kind is { } known ? new ReplyFailure(known, status is null ? null : new ContainerError(status, "x")) : null;
        var caller = new TargetCaller(new ScriptedEndpoints(_ => failure), health, new RetrySettings(TimeSpan.FromSeconds(20)), _time);

        await caller.CallAsync(model, new EndpointCall(CallMode.Plain, [], []), excluded: [1], TestContext.Current.CancellationToken);

        Assert.Equal(responds ? [0, 1] : [1, 0], health.Order(model.Targets));
    }

    [Fact]
    public void Order_AfterAFailure_PutsTheTargetLastForThirtySeconds()
    {
        var health = new TargetHealth(_time);
        var model = Model("a", "b");
        health.MarkFailed(model.Targets[0]);
        Assert.Equal([1, 0], health.Order(model.Targets));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([0, 1], health.Order(model.Targets));

        health.MarkFailed(model.Targets[0]);
        health.MarkHealthy(model.Targets[0]);
        Assert.Equal([0, 1], health.Order(model.Targets));
    }

    private static Model Model(params string[] endpoints) =>
        new("r1", [.. endpoints.Select(endpoint => new Target(endpoint, null, null, "eu-west-1"))], "");

    private static ReplyFailure Throttled(int seconds) => new(FailureKind.Throttled) { RetryAfter = TimeSpan.FromSeconds(seconds) };

    private double Seconds() => (_time.GetUtcNow() - _time.Start).TotalSeconds;

    private async Task<(EndpointResponse Response, int Seconds, List<string> Called)> CallAsync(
        Func<string, ReplyFailure?> respond, Model model, int budgetSeconds = 20)
    {
        var client = new ScriptedEndpoints(respond);
        var caller = new TargetCaller(client, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(budgetSeconds)), _time);
        var call = caller.CallAsync(model, new EndpointCall(CallMode.Plain, [], []), excluded: null, TestContext.Current.CancellationToken);
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        return (await call, (int)Seconds(), client.Called);
    }

    private sealed class SilentEndpoint : IEndpointClient
    {
        public async Task<EndpointResponse> CallAsync(Target target, EndpointCall call, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
