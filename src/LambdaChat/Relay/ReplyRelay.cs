using LambdaChat.Models;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Relay;

/// <summary>Calls a model, relays its reply, and writes its end: complete or failed.</summary>
internal sealed class ReplyRelay(TargetCaller targets, RelaySettings settings, ILogger<ReplyRelay> logger, TimeProvider timeProvider)
{
    /// <summary>Relays one reply. An unexpected exception is logged and ends the reply as a failure.</summary>
    /// <returns>How the reply ended. The end was already sent to the client.</returns>
    public async Task<ReplyOutcome> RunAsync(HttpContext context, RelayRequest request, IReplyWriter writer)
    {
        var task = request.Format.IsChat ? ModelTasks.Chat : ModelTasks.Completions;
        var measurements = new ReplyMeasurements(request.Model, task, timeProvider);
        await using var run = new RelayRun(context, request, writer, measurements, settings, timeProvider, logger);
        var end = await run.RunAsync(targets);
        await writer.EndAsync(end);
        measurements.SentBytes = writer.SentBytes;
        return new ReplyOutcome(measurements, end.Failure ?? writer.Failure, end.Usage);
    }
}
