using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Api.Pooling;

/// <summary>
/// Calls a pooling model and returns its reply, with the model's name in the request. The reply is collected in memory, so that a client
/// receives an error and never a part of a reply.
/// </summary>
internal sealed partial class PoolingCall(
    TargetCaller targets, RelaySettings settings, ReplyReporter reporter, ReplyMemory replies, TimeProvider timeProvider,
    ILogger<PoolingCall> logger)
{
    /// <exception cref="RelayFailedException">The reply failed after the response had started.</exception>
    /// <exception cref="ErrorResponseException">The end of the reply could not be written, and the response has not started.</exception>
    public async Task RunAsync(
        HttpContext context, IncomingRequest incoming, ModelTasks task, IReadOnlyList<ReadOnlyMemory<byte>> body, UsageLease? lease)
    {
        var measurements = new ReplyMeasurements(incoming.Model, task, timeProvider);
        var response = new JsonResponse(context.Response);
        using var memory = replies.Begin(context);
        var reply = new PoolingReply(incoming.ModelName, memory, measurements);
        var failure = await CollectAsync(
            context, new EndpointCall(CallMode.Plain, body, incoming.Headers), lease, response, reply);
        reply.Shrink();
        var outcome = await EndAsync(context, response, reply, failure);
        (measurements.Events, measurements.SentBytes) = (outcome.Failure is null ? 1 : 0, response.SentBytes);
        outcome = lease?.Note(outcome) ?? outcome;
        reporter.End(context, outcome, lease?.DecisionName);
        RelayFailedException.ThrowIfBroken(context.Response, outcome, response.MustAbort);
    }

    // Any exception ends the reply as a failure, which is counted and reported.
    private async Task<ReplyFailure?> CollectAsync(
        HttpContext context, EndpointCall call, UsageLease? lease, JsonResponse response, PoolingReply reply)
    {
        try
        {
            return lease?.Failure ?? await CallAsync(context, call, lease, response, reply) ?? reply.Finish();
        }
        catch (Exception exception)
        {
            CallFailed(context.TraceIdentifier, exception);
            return ReplyFailure.Of(exception);
        }
    }

    private async Task<ReplyOutcome> EndAsync(HttpContext context, JsonResponse response, PoolingReply reply, ReplyFailure? failure)
    {
        var outcome = new ReplyOutcome(reply.Measurements, failure, reply.Usage);
        try
        {
            return outcome with { Failure = await response.EndAsync(failure, reply.Pieces) };
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return outcome with { Failure = new ReplyFailure(FailureKind.ClientGone), IsBroken = true };
        }
        catch (Exception exception)
        {
            EndFailed(context.TraceIdentifier, exception);
            return outcome with { Failure = ReplyFailure.Of(exception), IsBroken = true };
        }
    }

    private async Task<ReplyFailure?> CallAsync(
        HttpContext context, EndpointCall call, UsageLease? lease, JsonResponse response, PoolingReply reply)
    {
        var measurements = reply.Measurements;
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

    [LoggerMessage(LogLevel.Error, "The call of a pooling model for request {RequestId} failed.")]
    private partial void CallFailed(string requestId, Exception exception);

    [LoggerMessage(LogLevel.Error, "The end of a pooling model's reply to request {RequestId} could not be written.")]
    private partial void EndFailed(string requestId, Exception exception);
}
