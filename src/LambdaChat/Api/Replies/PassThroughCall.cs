using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Http;
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
    /// <exception cref="RelayFailedException">The reply failed after the response had started.</exception>
    /// <exception cref="InvalidRequestException">The end of the reply could not be written, and the response has not started.</exception>
    public async Task RunAsync(
        HttpContext context, IncomingRequest incoming, ModelTasks task, IReadOnlyList<ReadOnlyMemory<byte>> body, UsageLease? lease)
    {
        var measurements = new ReplyMeasurements(incoming.Model, task, timeProvider);
        var response = new JsonResponse(context.Response);
        using var memory = replies.Begin(context);
        var reply = new PoolingReply(incoming.ModelName, memory, measurements);
        var call = new EndpointCall(CallMode.Plain, body, incoming.Headers);
        var outcome = await RunAsync(context, call, lease, response, reply, measurements);
        (measurements.Events, measurements.SentBytes) = (outcome.Failure is null ? 1 : 0, response.SentBytes);
        outcome = lease?.Note(outcome) ?? outcome;
        reporter.End(context, outcome, lease?.DecisionName);
        if (outcome is { IsBroken: true, Failure: { } fault } && !context.Response.HasStarted)
        {
            throw new InvalidRequestException(fault.ToOpenAI());
        }

        if (outcome.IsBroken || response.MustBreakOff)
        {
            throw new RelayFailedException(outcome.Failure!);
        }
    }

    // Any exception ends the reply as a failure, which is counted and reported.
    private async Task<ReplyOutcome> RunAsync(
        HttpContext context, EndpointCall call, UsageLease? lease, JsonResponse response, PoolingReply reply,
            ReplyMeasurements measurements)
    {
        ReplyFailure? failure;
        List<ReadOnlyMemory<byte>>? named = null;
        TokenUsage? usage = null;
        try
        {
            failure = lease?.Failure ?? await CallAsync(context, call, lease, response, reply, measurements);
            (named, usage, failure) = failure is null ? reply.Name() : (null, null, failure);
            reply.Shrink();
        }
        catch (Exception exception)
        {
            CallFailed(exception);
            failure = ReplyFailure.Of(exception);
        }

        try
        {
            return new ReplyOutcome(measurements, await response.EndAsync(failure, named ?? []), usage);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return new ReplyOutcome(measurements, new ReplyFailure(FailureKind.ClientGone), usage) { IsBroken = true };
        }
        catch (Exception exception)
        {
            EndFailed(exception);
            return new ReplyOutcome(measurements, ReplyFailure.Of(exception), usage) { IsBroken = true };
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

    [LoggerMessage(LogLevel.Error, "The end of a pooling model's reply could not be written.")]
    private partial void EndFailed(Exception exception);
}
