using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Api.Replies;

/// <summary>
/// Calls a pooling model and returns its reply unchanged, except for the model's name. The reply is collected in memory, up
/// to <see cref="RecordReader.MaximumDocumentLength"/> bytes, so that a client receives an error and never a part of a reply.
/// </summary>
internal sealed partial class PassThroughCall(
    TargetCaller targets, RelaySettings settings, ReplyReporter reporter, ReplyMemory replies, TimeProvider timeProvider,
    ILogger<PassThroughCall> logger)
{
    private const int Copies = 3; // Of the answer, in a buffer that doubles.
    private const int CopiesOfRepair = 8; // Of an answer that is not valid JSON: also its text in UTF-16, and the repaired answer.

    // What may precede a JSON document: white space and a byte order mark. Control characters are no text.
    private static readonly byte[] Marks = [.. "\uFEFF"u8, .. Enumerable.Range(0, 0x21).Select(static value => (byte)value)];

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    /// <exception cref="RelayFailedException">The call failed after a heartbeat had committed the status.</exception>
    public async Task RunAsync(
        HttpContext context, IncomingRequest incoming, ModelTasks task, IReadOnlyList<ReadOnlyMemory<byte>> body, UsageLease? lease)
    {
        var measurements = new ReplyMeasurements(incoming.Model, task, timeProvider);
        var response = new JsonResponse(context.Response);
        using var memory = replies.Begin(context);
        var (fault, usage) = await RunAsync(context, incoming, body, lease, response, memory, measurements);
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
        HttpContext context, IncomingRequest incoming, IReadOnlyList<ReadOnlyMemory<byte>> body, UsageLease? lease, JsonResponse response,
            MemoryReservation memory, ReplyMeasurements measurements)
    {
        TokenUsage? usage = null;
        try
        {
            var answer = new ByteBuffer(4096);
            var failure = lease?.Failure ?? await CallAsync(context, incoming, body, lease, response, answer, memory, measurements);
            (var named, usage, failure) =
                failure is null ? Name(answer.Memory, incoming.ModelName, memory) : (null, null, failure);
            memory.Shrink(Copies * (long)answer.Length);
            return (await response.EndAsync(failure, named ?? []), usage);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            CallFailed(exception);
            return (await response.EndAsync(ReplyFailure.Of(exception), []), usage);
        }
    }

    private async Task<ReplyFailure?> CallAsync(
        HttpContext context, IncomingRequest incoming, IReadOnlyList<ReadOnlyMemory<byte>> body, UsageLease? lease, JsonResponse response,
            ByteBuffer answer, MemoryReservation memory, ReplyMeasurements measurements)
    {
        using var timeouts = new ReplyTimeouts(context, incoming.Model, LeaseAdmission.Of(lease), timeProvider);
        var heartbeat = new Heartbeat(settings.WithHeartbeat(settings.WholeReplyHeartbeat), timeProvider,
            timeouts.Guard(response.SendHeartbeatAsync));
        await using (heartbeat)
        {
            try
            {
                var failure = await ReadAsync(context.Response, incoming, body, answer, memory, measurements, timeouts, heartbeat);
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

    private async Task<ReplyFailure?> ReadAsync(
        HttpResponse response, IncomingRequest incoming, IReadOnlyList<ReadOnlyMemory<byte>> body, ByteBuffer answer,
            MemoryReservation memory, ReplyMeasurements measurements, ReplyTimeouts timeouts, Heartbeat heartbeat)
    {
        using var call = await targets.CallAsync(
            incoming.Model, new EndpointCall(CallMode.Plain, body, incoming.Headers), excluded: null, timeouts.Token);
        measurements.Note(call);
        await TargetHeader.SetAsync(response, call, heartbeat, timeouts.Token);
        timeouts.RestartIdleTimer(hasRecord: true, isAfterFirst: false);
        while (call.Failure is null && await call.Payloads.ReadAsync(timeouts.Token))
        {
            timeouts.PauseIdleTimer();
            var hasText = false;
            while (call.Payloads.TryRead(out var payload))
            {
                measurements.PayloadReceived(isCut: answer.Length > 0);
                if (payload.Length > RecordReader.MaximumDocumentLength - answer.Length)
                {
                    return new ReplyFailure(FailureKind.ReplyTooLong);
                }

                if (memory.Reserve(Copies * ((long)answer.Length + payload.Length)) is { } failure)
                {
                    return failure;
                }

                answer.Append(payload);
                hasText |= payload.ContainsAnyExcept(Blanks);
            }

            if (answer.Length >= IReplyMemory.LargeDocument && await memory.WaitForTurnAsync(timeouts.Token) is { } refusal)
            {
                return refusal;
            }

            timeouts.RestartIdleTimer(hasText, isAfterFirst: false); // White space is no part of the reply.
        }

        return call.Failure ?? call.Payloads.Failure;
    }

    // The reply with the model name of the request. A reply that is not a JSON object is damaged.
    private static (List<ReadOnlyMemory<byte>>? Pieces, TokenUsage? Usage,
        ReplyFailure? Failure) Name(ReadOnlyMemory<byte> answer, string modelName, MemoryReservation memory)
    {
        answer = answer[(answer.Length - answer.Span.TrimStart(Marks).Length)..];
        var isValid = !RecordRepair.IsNeeded(answer.Span);
        var json = isValid ? RequestJson.Parse(answer).Json : null;
        if (json is null && memory.Reserve((long)CopiesOfRepair * answer.Length) is { } refusal)
        {
            return (null, null, refusal);
        }

        answer = isValid ? answer : PoolingReplies.Repair(answer);
        if (PoolingReplies.FindFailure(answer.Span) is { } failure)
        {
            return (null, null, failure);
        }

        json ??= RequestJson.Parse(answer).Json ?? RequestJson.Parse(PoolingReplies.Repair(answer)).Json;
        if (json is null)
        {
            return (null, null, new ReplyFailure(FailureKind.CorruptStream));
        }

        var editor = new RequestEditor(json);
        if (json.Contains("model"))
        {
            editor.Set("model", JsonText.Quote(modelName));
        }

        if (json.Find("usage") is { } reported && UsageEditor.Replace(json.Value(reported), UsageEditor.Zero) is { } other)
        {
            editor.Set("usage", other);
        }

        var usage = json.Find("usage") is { Type: JsonTokenType.StartObject } member ? TokenUsage.Read(json.Value(member)) : null;
        return ([.. editor.Apply()], usage, null);
    }

    [LoggerMessage(LogLevel.Error, "The call of a pooling model failed.")]
    private partial void CallFailed(Exception exception);
}
