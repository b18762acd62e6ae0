using Microsoft.AspNetCore.Diagnostics;

namespace LambdaChat.Errors;

internal static class ErrorExtensions
{
    /// <summary>Every answer names its request, and every error has a body in OpenAI's shape.</summary>
    public static void UseErrors(this IApplicationBuilder app)
    {
        app.Use(NameRequest);
        app.UseStatusCodePages(pages => OfStatus(pages.HttpContext).WriteAsync(pages.HttpContext.Response));
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Handle });
    }

    private static Task NameRequest(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var context = (HttpContext)state;
                context.Response.Headers["x-request-id"] = context.TraceIdentifier;
                return Task.CompletedTask;
            },
            context);
        return next(context);
    }

    private static Task Handle(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad
            ? OpenAIError.Refused(bad.StatusCode, "invalid_request", "The request is not well-formed HTTP.")
            : OpenAIError.Server(StatusCodes.Status500InternalServerError, "internal_error", "The function failed. Its log has the reason.");
        return error.WriteAsync(context.Response);
    }

    private static OpenAIError OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => OpenAIError.Refused(
            404, "unknown_path", "There is nothing here. The paths are POST /v1/chat/completions, GET /v1/models, GET /v1/models/{id} and GET /healthz."),
        StatusCodes.Status405MethodNotAllowed => OpenAIError.Refused(
            405, "method_not_allowed", $"{context.Request.Method} is not answered here; {context.Response.Headers.Allow} is."),
        var status => OpenAIError.Refused(status, "invalid_request", "The request cannot be answered."),
    };
}
