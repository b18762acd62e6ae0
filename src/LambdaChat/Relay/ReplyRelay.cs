using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Relay;

/// <summary>Calls a model, relays its reply and ends it, complete or with its failure.</summary>
internal sealed class ReplyRelay(TargetCaller sageMaker, RelaySettings settings, TimeProvider timeProvider)
{
    public async Task<ReplyOutcome> RunAsync(HttpContext context, RelayRequest call, IReplyWriter reply)
    {
        var measurements = new ReplyMeasurements(call.Model, call.Format.IsChat ? ModelTasks.Chat : ModelTasks.Completions, timeProvider);
        var chunks = new ChunkEditor(call.Format, reply);
        var failure = call.Admission?.Failure ?? await RelayAsync(context, call, chunks, reply, measurements);
        await reply.EndAsync(failure, chunks);
        measurements.SentBytes = reply.SentBytes;
        return new ReplyOutcome(measurements, failure, chunks.Usage);
    }

    /// <summary>True where a request is over because its time is, and not because its client has gone.</summary>
    public static bool IsTimedOut(HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;

    private async Task<ReplyFailure?> RelayAsync(HttpContext context, RelayRequest call, ChunkEditor chunks, IReplyWriter reply, ReplyMeasurements measurements)
    {
        using var timeouts = new ReplyTimeouts(call.Model, call.Admission, timeProvider, context.RequestAborted);
        var heartbeat = new Heartbeat(settings, timeProvider, timeouts.Guard(reply.SendHeartbeatAsync));
        await using (heartbeat)
        {
            try
            {
                return await RelayAsync(context.Response, call, chunks, reply, heartbeat, measurements, timeouts);
            }
            catch (OperationCanceledException) when (timeouts.Token.IsCancellationRequested)
            {
                return timeouts.Failure ?? new ReplyFailure(IsTimedOut(context) ? FailureKind.DeadlineExceeded : FailureKind.ClientGone);
            }
            finally
            {
                measurements.Heartbeats = heartbeat.Count;
            }
        }
    }

    private async Task<ReplyFailure?> RelayAsync(
        HttpResponse response, RelayRequest call, ChunkEditor chunks, IReplyWriter reply, Heartbeat heartbeat, ReplyMeasurements measurements, ReplyTimeouts timeouts)
    {
        using var invocation = await sageMaker.CallAsync(call.Model, call.Operation, call.Body, call.Headers, timeouts.Token);
        measurements.Note(invocation);
        TargetHeader.Set(response, invocation);
        if (invocation.Failure is not null)
        {
            return invocation.Failure;
        }

        timeouts.RestartIdleTimer(); // Until here, the retries apply the idle timeout to each attempt.
        using var records = new RecordReader(call.Model.Framing);
        return await new RelayRun(invocation.Payloads, records, chunks, reply, heartbeat, timeouts, measurements).RunAsync(timeouts.Token);
    }
}
