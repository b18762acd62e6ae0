using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Api.Replies;

/// <summary>
/// Calls a pooling model and returns its reply unchanged, except for the model's name. The reply is collected in memory, so that a client
/// receives an error and never a part of a reply.
/// </summary>
internal sealed partial class PassThroughCall(
    TargetCaller targets, RelaySettings settings, ReplyReporter reporter, ReplyMemory replies, TimeProvider timeProvider,
    ILogger<PassThroughCall> logger)
{
    /// <exception cref="RelayFailedException">The call failed after a heartbeat had committed the status.</exception>
    public async Task RunAsync(
        HttpContext context, IncomingRequest incoming, ModelTasks task, IReadOnlyList<ReadOnlyMemory<byte>> body, UsageLease? lease)
    {
        var measurements = new ReplyMeasurements(incoming.Model, task, timeProvider);
        var response = new JsonResponse(context.Response);
        using var memory = replies.Begin(context);
        var reply = new PoolingReply(incoming.ModelName, memory, measurements);
        var call = new EndpointCall(CallMode.Plain, body, incoming.Headers);
        var (fault, usage) = await RunAsync(context, call, lease, response, reply, measurements);
        (measurements.Events, measurements.SentBytes) = (fault is null ? 1 : 0, response.SentBytes);
        var outcome = new ReplyOutcome(measurements, fault, usage);
        outcome = lease?.Note(outcome) ?? outcome;
        reporter.End(context, outcome, lease?.DecisionName);
        if (response.MustBreakOff)
        {
            throw new RelayFailedException(fault!);
        }
    }

    // Any exception ends the reply as a failure, which is counted and reported.
    private async Task<(ReplyFailure? Fault, TokenUsage? Usage)> RunAsync(
        HttpContext context, EndpointCall call, UsageLease? lease, JsonResponse response, PoolingReply reply,
            ReplyMeasurements measurements)
    {
        TokenUsage? usage = null;
        try
        {
            var failure = lease?.Failure ?? await CallAsync(context, call, lease, response, reply, measurements);
            (var named, usage, failure) = failure is null ? reply.Name() : (null, null, failure);
            reply.Shrink();
            return (await response.EndAsync(failure, named ?? []), usage);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            CallFailed(exception);
            return (await response.EndAsync(ReplyFailure.Of(exception), []), usage);
        }
    }

    private async Task<ReplyFailure?> CallAsync(
        HttpContext context, EndpointCall call, UsageLease? lease, JsonResponse response, PoolingReply reply,
            ReplyMeasurements measurements)
    {
        using var timeouts = new ReplyTimeouts(context, measurements.Model, LeaseAdmission.Of(lease), timeProvider);
        var heartbeat = new Heartbeat(settings.WithHeartbeat(settings.WholeReplyHeartbeat), timeProvider,
            timeouts.Guard(response.SendHeartbeatAsync));
        await using (heartbeat)
        {
            try
            {
                using var upstream = await targets.CallAsync(measurements.Model, call, excluded: null, timeouts.Token);
                measurements.Note(upstream);
                await TargetHeader.SetAsync(context.Response, upstream, heartbeat, timeouts.Token);
                timeouts.RestartIdleTimer(hasRecord: true, isAfterFirst: false);
                var failure = upstream.Failure ?? await reply.CollectAsync(upstream.Payloads, timeouts);
                return failure ?? (await timeouts.WaitForDecisionAsync() ? null : timeouts.Failure);
            }
            catch (OperationCanceledException) when (timeouts.Token.IsCancellationRequested)
            {
                return timeouts.Failure ?? new ReplyFailure(FailureKind.ClientGone);
            }
            finally
            {
                measurements.Heartbeats = heartbeat.Count;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The call of a pooling model failed.")]
    private partial void CallFailed(Exception exception);
}
