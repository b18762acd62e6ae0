namespace LambdaChat.Http;

/// <summary>
/// What browsers expect of every answer, errors and preflights too: no guessing of content types, no address of ours in a referrer, and nothing
/// that an answer of the API could load or be framed by. The page replaces the policy with its own.
/// Source: https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
/// </summary>
internal static class SecurityHeaders
{
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>In front of everything: what is set here stands, whoever answers.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = ApiPolicy;
        return next(context);
    });
}
