using System.Runtime.CompilerServices;
using LambdaChat.Models;

namespace LambdaChat.Upstream.Retries;

/// <summary>
/// Calls a model: its targets one after the other until one answers, each more than once where its failure may pass, within a budget of
/// time and attempts. All of it is over before the first byte of a reply; what fails later is not called again.
/// </summary>
internal sealed class TargetCaller(SageMakerClient client, TargetHealth health, RetrySettings settings, TimeProvider timeProvider)
{
    /// <summary>Returns once a target has answered, or with the last failure. The caller disposes the reply.</summary>
    /// <param name="headers">Further headers, in visible ASCII.</param>
    public async Task<EndpointResponse> CallAsync(
        Model model, CallMode operation, IReadOnlyList<ReadOnlyMemory<byte>> body, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var order = health.Order(model.Targets);
        var call = new TargetCursor(model, order, target => client.CallAsync(model.Targets[target], operation, body, headers, cancellationToken));
        var reply = await AttemptAsync(call);
        return reply.Failure is { MayRetryOtherTarget: true } ? await RetryAsync(call, reply, cancellationToken) : reply;
    }

    /// <summary>Asks the next target of the call, and remembers how that went.</summary>
    internal async Task<EndpointResponse> AttemptAsync(TargetCursor call)
    {
        var target = call.Next();
        var reply = await call.Invoke(target);
        reply.Target = target;
        reply.Attempts = call.Attempts;
        if (reply.Failure is { MayRetryOtherTarget: true } failure)
        {
            health.Failed(call.Model.Targets[target]);
            call.Note(failure);
        }
        else
        {
            health.Answered(call.Model.Targets[target]);
        }

        return reply;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only a call that failed loads Polly.
    private Task<EndpointResponse> RetryAsync(TargetCursor call, EndpointResponse failed, CancellationToken cancellationToken) =>
        new RetryLoop(this, settings, timeProvider).RunAsync(call, failed, cancellationToken);
}
