namespace LambdaChat.Http;

/// <summary>
/// Adds security headers to every response, including errors and preflights: no content sniffing, no referrer, and a policy under which an
/// API response loads nothing and cannot be framed. The page sets its own policy.
/// Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
/// </summary>
internal static class SecurityHeaders
{
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Must be the first middleware, so that every response has the headers.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = ApiPolicy;
        return next(context);
    });
}
