namespace LambdaChat.Http;

internal static class ErrorExtensions
{
    /// <summary>In front of everything.</summary>
    public static void UseErrors(this IApplicationBuilder app) =>
        app.Use(new ErrorMiddleware(app.ApplicationServices.GetRequiredService<ILogger<ErrorMiddleware>>()).InvokeAsync);
}
