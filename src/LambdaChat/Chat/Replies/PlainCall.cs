using System.Buffers;
using System.Text.Json;
using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Records;
using LambdaChat.Chat.Reports;
using LambdaChat.Chat.Requests;
using LambdaChat.Errors;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.SageMaker;
using LambdaChat.SageMaker.Targets;

namespace LambdaChat.Chat.Replies;

/// <summary>
/// Calls an endpoint through the plain invocation and passes its answer on as it came, but for the model's name. The answer waits in
/// memory, at most <see cref="RecordReader.MaximumDocumentLength"/> bytes of it, so that a broken one is an error and not half an answer.
/// </summary>
internal sealed class PlainCall(ModelCaller sageMaker, ReplySettings settings, ReplyLog log, TimeProvider timeProvider)
{
    public async Task RunAsync(HttpContext context, IncomingRequest incoming, ModelTasks task, IReadOnlyList<ReadOnlyMemory<byte>> body, Permit? permit)
    {
        var measured = log.Begin(incoming.Model, task);
        var response = new JsonResponse(context.Response);
        var answer = new ArrayBufferWriter<byte>(4096);
        var failure = permit?.Failure ?? await CallAsync(context, incoming, body, permit, response, answer, measured);
        var (named, usage, fault) = failure is null ? Name(answer.WrittenMemory, incoming.ModelName) : (null, null, failure);
        await response.EndAsync(fault, output => named!.ForEach(piece => output.Write(piece.Span)));
        (measured.Events, measured.Sent) = (fault is null ? 1 : 0, response.SentBytes);
        permit?.Note(measured, fault, usage);
        log.End(context, measured, fault, usage);
    }

    private async Task<RelayFailure?> CallAsync(
        HttpContext context, IncomingRequest incoming, IReadOnlyList<ReadOnlyMemory<byte>> body, Permit? permit, JsonResponse response, ArrayBufferWriter<byte> answer, MeasuredReply measured)
    {
        using var limits = new ReplyLimits(incoming.Model, permit, timeProvider, context.RequestAborted);
        var keepAlive = new KeepAlive(settings, timeProvider, limits.Guard(response.BeatAsync));
        await using (keepAlive)
        {
            try
            {
                var failure = await ReadAsync(context.Response, incoming, body, answer, measured, limits.Token);
                return failure ?? (await limits.OpenAsync() ? null : limits.Failure);
            }
            catch (OperationCanceledException) when (limits.Token.IsCancellationRequested)
            {
                return limits.Failure ?? new RelayFailure(Relay.IsTimedOut(context) ? RelayError.DeadlineExceeded : RelayError.ClientGone);
            }
            finally
            {
                measured.Beats = keepAlive.Beats;
            }
        }
    }

    private async Task<RelayFailure?> ReadAsync(
        HttpResponse response, IncomingRequest incoming, IReadOnlyList<ReadOnlyMemory<byte>> body, ArrayBufferWriter<byte> answer, MeasuredReply measured, CancellationToken cancellationToken)
    {
        using var invocation = await sageMaker.InvokeAsync(incoming.Model, Operation.Plain, body, incoming.Headers, cancellationToken);
        measured.Note(invocation);
        TargetHeader.Set(response, invocation);
        while (invocation.Failure is null && await invocation.Payloads.ReadAsync(cancellationToken))
        {
            while (invocation.Payloads.TryRead(out var payload))
            {
                measured.PartCame(isCut: answer.WrittenCount > 0);
                if (payload.Length > RecordReader.MaximumDocumentLength - answer.WrittenCount)
                {
                    return new RelayFailure(RelayError.ReplyTooLong);
                }

                answer.Write(payload);
            }
        }

        return invocation.Failure ?? invocation.Payloads.Failure;
    }

    // The answer with the name that the client asked for. What is no JSON object came damaged.
    private static (List<ReadOnlyMemory<byte>>? Pieces, TokenUsage? Usage, RelayFailure? Failure) Name(ReadOnlyMemory<byte> answer, string modelName)
    {
        var (json, _) = RequestJson.Parse(answer);
        if (json is null)
        {
            return (null, null, new RelayFailure(RelayError.CorruptStream));
        }

        var edits = new RequestEdits(json);
        if (json.Contains("model"))
        {
            edits.Set("model", RequestEdits.Quote(modelName));
        }

        var usage = json.Find("usage") is { Type: JsonTokenType.StartObject } member ? TokenUsage.Read(json.Value(member)) : null;
        return ([.. edits.Apply()], usage, null);
    }
}
