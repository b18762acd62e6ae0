using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Records;
using LambdaChat.Chat.Reports;
using LambdaChat.Errors;
using LambdaChat.Models;
using LambdaChat.SageMaker.Targets;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Chat.Replies;

/// <summary>Calls a model, relays its reply and ends it, whole or with its failure. One log line says how it went.</summary>
internal sealed class Relay(ModelCaller sageMaker, ReplySettings settings, ReplyLog log, TimeProvider timeProvider)
{
    public async Task RunAsync(HttpContext context, RelayCall call, IReply reply)
    {
        var measured = log.Begin(call.Model, call.Contract.IsChat ? ModelTasks.Chat : ModelTasks.Completions);
        var chunks = new ChunkEditor(call.Contract, reply);
        var failure = call.Permit?.Failure ?? await RelayAsync(context, call, chunks, reply, measured);
        await reply.EndAsync(failure, chunks);
        measured.Sent = reply.SentBytes;
        call.Permit?.Note(measured, failure, chunks.Usage);
        log.End(context, measured, failure, chunks.Usage);
        if (failure is not null && settings.AlwaysFails && context.Response.HasStarted)
        {
            throw new RelayFailedException(failure);
        }
    }

    /// <summary>True where a request is over because its time is, and not because its client has gone.</summary>
    public static bool IsTimedOut(HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;

    private async Task<RelayFailure?> RelayAsync(HttpContext context, RelayCall call, ChunkEditor chunks, IReply reply, MeasuredReply measured)
    {
        using var limits = new ReplyLimits(call.Model, call.Permit, timeProvider, context.RequestAborted);
        var keepAlive = new KeepAlive(settings, timeProvider, limits.Guard(reply.BeatAsync));
        await using (keepAlive)
        {
            try
            {
                return await RelayAsync(context.Response, call, chunks, reply, keepAlive, measured, limits);
            }
            catch (OperationCanceledException) when (limits.Token.IsCancellationRequested)
            {
                return limits.Failure ?? new RelayFailure(IsTimedOut(context) ? RelayError.DeadlineExceeded : RelayError.ClientGone);
            }
            finally
            {
                measured.Beats = keepAlive.Beats;
            }
        }
    }

    private async Task<RelayFailure?> RelayAsync(
        HttpResponse response, RelayCall call, ChunkEditor chunks, IReply reply, KeepAlive keepAlive, MeasuredReply measured, ReplyLimits limits)
    {
        using var invocation = await sageMaker.InvokeAsync(call.Model, call.Operation, call.Body, call.Headers, limits.Token);
        measured.Note(invocation);
        TargetHeader.Set(response, invocation);
        if (invocation.Failure is not null)
        {
            return invocation.Failure;
        }

        using var records = new RecordReader(call.Model.Framing);
        return await new RelayLoop(invocation.Payloads, records, chunks, reply, keepAlive, limits, measured).RunAsync(limits.Token);
    }
}
