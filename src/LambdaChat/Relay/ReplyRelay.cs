using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Relay;

/// <summary>Calls a model, relays its reply, and writes its end: complete or failed.</summary>
internal sealed partial class ReplyRelay(
    TargetCaller targets, RelaySettings settings, ILogger<ReplyRelay> logger, TimeProvider timeProvider)
{
    /// <summary>Relays one reply. An unexpected exception is logged and ends the reply as a failure.</summary>
    /// <returns>How the reply ended. The end was already sent to the client.</returns>
    public async Task<ReplyOutcome> RunAsync(HttpContext context, RelayRequest request, IReplyWriter writer)
    {
        var task = request.Format.IsChat ? ModelTasks.Chat : ModelTasks.Completions;
        var measurements = new ReplyMeasurements(request.Model, task, timeProvider);
        var end = await RelayAsync(context, request, writer, measurements);
        request.Memory?.Shrink(writer.HeldBytes);
        var fault = await EndAsync(context, writer, end);
        measurements.SentBytes = writer.SentBytes;
        return new ReplyOutcome(measurements, fault ?? end.Failure ?? writer.Failure, end.Usage) { IsBroken = fault is not null };
    }

    // In a separate method, so that the buffers of the reply are free before the writer makes a response of it.
    private async Task<ReplyEnd> RelayAsync(
        HttpContext context, RelayRequest request, IReplyWriter writer, ReplyMeasurements measurements)
    {
        await using var run = new RelayRun(context, request, writer, measurements, settings, timeProvider, logger);
        return await run.RunAsync(targets);
    }

    // The model has worked: whatever happens to its reply, the reply is counted and reported.
    private async Task<ReplyFailure?> EndAsync(HttpContext context, IReplyWriter writer, ReplyEnd end)
    {
        try
        {
            await writer.EndAsync(end);
            return null;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return new ReplyFailure(FailureKind.ClientGone);
        }
        catch (Exception exception)
        {
            EndFailed(context.TraceIdentifier, exception);
            return ReplyFailure.Of(exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "The end of the reply to request {RequestId} could not be written.")]
    private partial void EndFailed(string requestId, Exception exception);
}
