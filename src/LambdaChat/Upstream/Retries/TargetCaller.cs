using LambdaChat.Failures;
using LambdaChat.Models;

namespace LambdaChat.Upstream.Retries;

/// <summary>
/// Calls the targets of a model until one responds, within a budget of time and attempts. All retries happen before the first byte of the
/// reply.
/// </summary>
internal sealed class TargetCaller(IEndpointClient client, TargetHealth health, RetrySettings settings, TimeProvider timeProvider)
{
    /// <summary>Returns the first response with a body, or the last failure. The caller disposes it.</summary>
    /// <param name="excluded">The indexes of targets that are not called; null for none.</param>
    public async Task<EndpointResponse> CallAsync(
        Model model, EndpointCall call, IReadOnlyCollection<int>? excluded, CancellationToken cancellationToken)
    {
        var schedule = new RetrySchedule(Order(model, excluded), settings.Budget, model.ColdTimeout);
        var start = timeProvider.GetTimestamp();
        while (true)
        {
            var response = await AttemptAsync(model, call, schedule, cancellationToken);
            if (response.Failure is not { } failure)
            {
                return response;
            }

            if (schedule.Next(failure, timeProvider.GetElapsedTime(start)) is not { } pause)
            {
                response.Called = schedule.Called;
                return response;
            }

            response.Dispose();
            call.Sending?.Invoke(false);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Notes that a target's reply failed after its response had begun. For a while, the target is called last.</summary>
    public void MarkFailed(Target target) => health.MarkFailed(target);

    private IReadOnlyList<int> Order(Model model, IReadOnlyCollection<int>? excluded) =>
        excluded is null ? health.Order(model.Targets) : [.. health.Order(model.Targets).Where(target => !excluded.Contains(target))];

    private async Task<EndpointResponse> AttemptAsync(
        Model model, EndpointCall call, RetrySchedule schedule, CancellationToken cancellationToken)
    {
        var target = model.Targets[schedule.Target];
        call.Sending?.Invoke(true);
        var response = await CallAsync(target, call, model.IdleTimeout, cancellationToken);
        response.Target = schedule.Target;
        response.Attempts = schedule.Failures + 1;
        response.HasWaitedCold = schedule.HasWaitedCold;
        if (response.Failure is { MayRetryOtherTarget: true })
        {
            health.MarkFailed(target);
        }
        else if (response.Failure is null or { Kind: FailureKind.ContainerError, IsServerFailure: false })
        {
            health.MarkHealthy(target); // It responds. A silent one keeps its mark.
        }

        return response;
    }

    // The idle timeout limits each attempt, but not the pauses between attempts, nor the wait for a cold endpoint.
    private async Task<EndpointResponse> CallAsync(
        Target target, EndpointCall call, TimeSpan? idleTimeout, CancellationToken cancellationToken)
    {
        if (idleTimeout is not { } timeout)
        {
            return await client.CallAsync(target, call, cancellationToken);
        }

        using var idle = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            return await client.CallAsync(target, call, either.Token);
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return EndpointResponse.Failed(new ReplyFailure(FailureKind.ModelSilent));
        }
    }
}
