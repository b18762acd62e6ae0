using LambdaChat.Failures;
using Polly;
using Polly.Retry;

namespace LambdaChat.Upstream.Retries;

/// <summary>What follows a first attempt that failed: Polly's retry, with jitter, over a model's targets; then the wait for a cold one.</summary>
internal sealed class RetryLoop(TargetCaller caller, RetrySettings settings, TimeProvider timeProvider)
{
    private const int MaximumAttempts = 8;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaximumDelay = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ColdDelay = TimeSpan.FromSeconds(5);

    private readonly long _start = timeProvider.GetTimestamp();

    public async Task<EndpointResponse> RunAsync(TargetCursor call, EndpointResponse failed, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(call, failed, Passing(call), cancellationToken);
        if (reply.Failure?.Kind == FailureKind.Cold && call.IsCold && call.Model.ColdTimeout > TimeSpan.Zero)
        {
            reply = await RunAsync(call, reply, Waking(call), cancellationToken);
            reply.HasWaitedCold = true;
        }

        return reply;
    }

    // The pipeline's first attempt is the one that was made before.
    private async Task<EndpointResponse> RunAsync(TargetCursor call, EndpointResponse failed, RetryStrategyOptions<EndpointResponse> options, CancellationToken cancellationToken)
    {
        var first = failed;
        var pipeline = new ResiliencePipelineBuilder<EndpointResponse> { TimeProvider = timeProvider }.AddRetry(options).Build();
        return await pipeline.ExecuteAsync(
            async _ =>
            {
                var reply = first ?? await caller.AttemptAsync(call);
                first = null;
                return reply;
            },
            cancellationToken);
    }

    // Further targets at once; the same one after a pause.
    private RetryStrategyOptions<EndpointResponse> Passing(TargetCursor call) => new()
    {
        MaxRetryAttempts = MaximumAttempts,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstDelay,
        MaxDelay = MaximumDelay,
        ShouldHandle = arguments => ValueTask.FromResult(IsWorthTrying(call, arguments.Outcome.Result?.Failure)),
        DelayGenerator = arguments => ValueTask.FromResult(PauseAfter(call, arguments.Outcome.Result?.Failure)),
        OnRetry = Release,
    };

    // Being asked wakes an endpoint that is scaled to zero; the answer comes when it is up.
    private RetryStrategyOptions<EndpointResponse> Waking(TargetCursor call) => new()
    {
        MaxRetryAttempts = int.MaxValue,
        UseJitter = true,
        Delay = ColdDelay,
        ShouldHandle = arguments =>
        {
            var isCold = arguments.Outcome.Result?.Failure is { Kind: FailureKind.Cold } && Elapsed < call.Model.ColdTimeout;
            if (isCold && call.IsExhausted)
            {
                call.StartOver();
            }

            return ValueTask.FromResult(isCold);
        },
        OnRetry = Release,
    };

    private TimeSpan Elapsed => timeProvider.GetElapsedTime(_start);

    // A server that asks for a longer wait than there is time for is not asked again.
    private bool IsWorthTrying(TargetCursor call, ReplyFailure? failure) =>
        failure is { MayRetryOtherTarget: true } && !call.IsExhausted && Elapsed < settings.Budget
        && (call.IsAtNewTarget || failure.RetryAfter is not { } wait || Elapsed + wait < settings.Budget);

    // Null for Polly's own.
    private static TimeSpan? PauseAfter(TargetCursor call, ReplyFailure? failure) => call.IsAtNewTarget ? TimeSpan.Zero : failure?.RetryAfter;

    private static ValueTask Release(OnRetryArguments<EndpointResponse> arguments)
    {
        arguments.Outcome.Result?.Dispose();
        return ValueTask.CompletedTask;
    }
}
