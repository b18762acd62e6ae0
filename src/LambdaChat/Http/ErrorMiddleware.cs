using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Http;

/// <summary>
/// Adds <c>x-request-id</c> to every response and gives every error a body in the form of its API, including unhandled exceptions.
/// Replaces three middleware of the framework, which cost a cold start 25 compiled methods and an assembly.
/// </summary>
internal sealed partial class ErrorMiddleware(ILogger<ErrorMiddleware> logger)
{
    /// <summary>The paths in the error for an unknown one.</summary>
    public const string Paths =
        "POST /v1/chat/completions, /v1/responses, /v1/responses/input_tokens, /v1/messages, /v1/messages/count_tokens, " +
        "/v1/completions, /v1/embeddings, /v1/rerank, /v1/score, /api/chat and /ag-ui; " +
        "GET /v1/models, /v1/models/{id}, /health and /healthz";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(NameRequest, context);
        ApiError? error = null;
        try
        {
            await next(context);
        }
        catch (ErrorResponseException fault) when (!context.Response.HasStarted)
        {
            error = fault.Error;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            error = ApiError.MalformedHttp(exception.StatusCode);
        }
        catch (IOException exception) when (!context.Response.HasStarted && exception.InnerException is OverflowException)
        {
            // Kestrel's error for a chunk size above its range.
            error = ApiError.MalformedHttp();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (context.Response.HasStarted || !IsTimedOut(context))
            {
                return; // The client has disconnected, or the server ends the response.
            }

            error = ApiError.DeadlineExceeded;
        }
        catch (Exception exception) when (!context.Response.HasStarted) // The server reports failures after the response has started.
        {
            Failed(context.TraceIdentifier, exception);
            error = ApiError.Internal;
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
        if (AnthropicErrorForm.IsFor(context.Request))
        {
            context.Response.Headers["request-id"] = context.TraceIdentifier; // The name that Anthropic's clients read.
        }

        return Task.CompletedTask;
    }

    private static bool IsBareError(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null };

    // The words of OpenAI's own errors.
    private static ApiError OfStatus(HttpContext context)
    {
        var request = context.Request;
        var (method, path) = (Excerpt.Of(request.Method), Excerpt.Of((request.PathBase + request.Path).Value));
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiError.Refused(
                404, "unknown_path", $"Invalid URL ({method} {path}). Available: {Paths}."),
            StatusCodes.Status405MethodNotAllowed => ApiError.Refused(
                405, "method_not_allowed", $"Not allowed to {method} on {path}. Allowed: {context.Response.Headers.Allow}."),
            var status => ApiError.Refused(status, "invalid_request", "The request is invalid."),
        };
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    private partial void Failed(string requestId, Exception exception);
}

internal static class ErrorExtensions
{
    /// <summary>Adds the error middleware. It must precede the middleware whose errors it handles.</summary>
    public static void UseErrors(this IApplicationBuilder app) =>
        app.Use(new ErrorMiddleware(app.ApplicationServices.GetRequiredService<ILogger<ErrorMiddleware>>()).InvokeAsync);
}
