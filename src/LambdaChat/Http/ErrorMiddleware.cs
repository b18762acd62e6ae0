using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Http;

/// <summary>
/// The outermost middleware: every answer names its request, and every error has a body in OpenAI's shape, an exception's too. One of
/// our own in the place of three of the framework's: those cost a cold start 25 compiled methods and an assembly.
/// </summary>
internal sealed partial class ErrorMiddleware(ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(NameRequest, context);
        OpenAIError? error = null;
        try
        {
            await next(context);
        }
        catch (InvalidRequestException fault) when (!context.Response.HasStarted)
        {
            error = fault.Error;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            error = OpenAIError.Refused(exception.StatusCode, "invalid_request", "The request is not well-formed HTTP.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (context.Response.HasStarted || !IsTimedOut(context))
            {
                return; // The client has disconnected, or the server ends the response.
            }

            error = OpenAIError.Server(StatusCodes.Status504GatewayTimeout, "deadline_exceeded", "The time for this request is over.");
        }
        catch (Exception exception) when (!context.Response.HasStarted) // The exception handler. Later failures are the server's to tell.
        {
            Failed(context.TraceIdentifier, exception);
            error = OpenAIError.Server(StatusCodes.Status500InternalServerError, "internal_error", "The function failed. Its log has the reason.");
        }

        if (error is not null || IsBareError(context.Response))
        {
            context.Features.Get<IUnsentBodyFeature>()?.DiscardUnsent();
            await (error ?? OfStatus(context)).WriteAsync(context.Response);
        }
    }

    // RequestAborted is also cancelled at Lambda's deadline, while the client still waits.
    private static bool IsTimedOut(HttpContext context) =>
        context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true };

    private static Task NameRequest(object state)
    {
        var context = (HttpContext)state;
        context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        return Task.CompletedTask;
    }

    private static bool IsBareError(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null };

    private static OpenAIError OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => OpenAIError.Refused(
            404, "unknown_path", "There is nothing here. The paths are POST /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/rerank and /v1/score, GET /v1/models, /v1/models/{id} and /healthz."),
        StatusCodes.Status405MethodNotAllowed => OpenAIError.Refused(
            405, "method_not_allowed", $"{context.Request.Method} is not answered here; {context.Response.Headers.Allow} is."),
        var status => OpenAIError.Refused(status, "invalid_request", "The request cannot be answered."),
    };

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    private partial void Failed(string requestId, Exception exception);
}
