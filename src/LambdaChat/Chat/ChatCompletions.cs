using System.Diagnostics.CodeAnalysis;
using LambdaChat.Authentication;
using LambdaChat.Errors;
using LambdaChat.Models;
using LambdaChat.SageMaker;
using LambdaChat.Streaming.Sse;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Chat;

/// <summary><c>POST /v1/chat/completions</c>. Source: https://platform.openai.com/docs/api-reference/chat/create</summary>
internal sealed partial class ChatCompletions(
    ModelCatalog models,
    SageMakerClient sageMaker,
    TimeProvider timeProvider,
    ILogger<ChatCompletions> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await UnsupportedMediaType.WriteAsync(context.Response);
            return;
        }

        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        if (TryAdmit(body, out var request, out var model, out var fault))
        {
            await ReplyAsync(context, request, model);
        }
        else
        {
            await fault.WriteAsync(context.Response);
        }
    }

    private static OpenAIError UnsupportedMediaType => OpenAIError.Refused(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body must be JSON: send `Content-Type: application/json`.");

    private static OpenAIError TooLarge => OpenAIError.Refused(
        StatusCodes.Status413PayloadTooLarge, "request_too_large", $"The body has more than {RequestBody.MaximumLength} bytes.");

    private bool TryAdmit(
        RequestBody? body,
        [NotNullWhen(true)] out ChatRequest? request,
        [NotNullWhen(true)] out Model? model,
        [NotNullWhen(false)] out OpenAIError? fault)
    {
        (request, fault) = body is null ? (null, TooLarge) : ChatRequest.Parse(body.Bytes);
        model = null;
        if (request is null)
        {
            fault ??= TooLarge;
        }
        else if (!models.TryGet(request.Model, out model))
        {
            fault = ModelEndpoints.NotFound(request.Model);
        }
        else if (!request.IsStreamed)
        {
            fault = OpenAIError.BadRequest("`stream` must be true: replies in one piece are not served yet.", "stream");
        }

        return fault is null;
    }

    private async Task ReplyAsync(HttpContext context, ChatRequest request, Model model)
    {
        var start = timeProvider.GetTimestamp();
        var allocated = GC.GetTotalAllocatedBytes();
        var chunks = new ChunkEditor(model.Name);
        var relayed = new RelayedReply();
        try
        {
            await RelayAsync(context, request, model, chunks, relayed);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            relayed.Failure = new RelayFailure(IsTimedOut(context) ? RelayError.DeadlineExceeded : RelayError.ClientGone);
        }

        await EndAsync(context.Response, chunks, model, relayed.Failure);
        Log(context, model, relayed, timeProvider.GetElapsedTime(start), GC.GetTotalAllocatedBytes() - allocated);
    }

    private async Task RelayAsync(HttpContext context, ChatRequest request, Model model, ChunkEditor chunks, RelayedReply relayed)
    {
        using var reply = await sageMaker.InvokeAsync(model, request.WithModel(model.ServedName), context.RequestAborted);
        if (reply.Failure is not null)
        {
            relayed.Failure = reply.Failure;
            return;
        }

        using var payloads = new EventStreamPayloads(reply.Body);
        using var relay = new ChatRelay(payloads, chunks, context.Response, relayed);
        await relay.RunAsync(context.RequestAborted);
    }

    private async Task EndAsync(HttpResponse response, ChunkEditor chunks, Model model, RelayFailure? failure)
    {
        if (failure is not null && !response.HasStarted)
        {
            await failure.ToOpenAI().WriteAsync(response);
            return;
        }

        if (failure is null)
        {
            SseWriter.WriteDone(response.BodyWriter);
        }
        else
        {
            InStreamError.Write(response.BodyWriter, failure.ToOpenAI(), chunks.Id ?? response.HttpContext.TraceIdentifier, model.Name, timeProvider.GetUtcNow());
        }

        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    private static bool IsTimedOut(HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;

    private void Log(HttpContext context, Model model, RelayedReply relayed, TimeSpan duration, long allocated)
    {
        var (level, outcome) = relayed.Failure?.Error switch
        {
            null => (LogLevel.Information, "completed"),
            RelayError.ClientGone => (LogLevel.Information, "was cancelled by the client"),
            { } error => (LogLevel.Error, $"failed with {error}"),
        };
        var caller = Caller.Of(context);
        Ended(level, context.TraceIdentifier, caller.Name, model.Name, outcome, relayed.Events, (long)duration.TotalMilliseconds, allocated);
    }

    [LoggerMessage("Reply {RequestId} to {Key} by {Model} {Outcome}: {Events} events in {Milliseconds} ms, {Allocated} bytes allocated.")]
    private partial void Ended(LogLevel level, string requestId, string? key, string model, string outcome, int events, long milliseconds, long allocated);
}
