using LambdaChat.Configuration;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace LambdaChat.Http;

/// <summary>
/// Decides which web pages may call the API. The function URL must have no CORS configuration of its own, because browsers refuse a
/// response with two values. The API uses no cookies, so every page may call it unless <c>CORS_ORIGINS</c> is set.
/// Source: https://fetch.spec.whatwg.org/#http-cors-protocol
/// </summary>
internal static class CorsExtensions
{
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2); // Chromium's maximum. Each preflight is a billed invocation.

    private static readonly string[] ExposedHeaders =
    [
        "x-request-id", "request-id", "x-target-index", "x-reply-id", "x-resumable-stream-id", "retry-after", "retry-after-ms",
        "x-should-retry", "x-ratelimit-limit-requests", "x-ratelimit-limit-tokens", "x-ratelimit-remaining-requests",
        "x-ratelimit-remaining-tokens", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens",
    ];

    /// <summary>Reads <c>CORS_ORIGINS</c>: origins separated by commas, or <c>*</c>, the default, for all.</summary>
    /// <exception cref="ConfigurationException">The setting has no value, or one that is not an origin.</exception>
    public static void AddCorsPolicy(this IServiceCollection services, IConfiguration configuration)
    {
        var origins = configuration.GetList("CORS_ORIGINS", ',');
        var policy = new CorsPolicyBuilder()
            .AllowAnyHeader()
            .WithMethods("GET", "HEAD", "POST", "DELETE")
            .WithExposedHeaders(ExposedHeaders)
            .SetPreflightMaxAge(PreflightMaxAge);
        if (origins is null or ["*"])
        {
            policy.AllowAnyOrigin();
        }
        else
        {
            policy.WithOrigins([.. origins.Select(Check)]);
        }

        services.AddCors(options => options.AddDefaultPolicy(policy.Build()));
    }

    /// <summary>
    /// Must precede authentication and routing: a preflight has neither a key nor a route, and errors need the headers too.
    /// </summary>
    /// <remarks>The framework's extension method would call the middleware by reflection, because its method has two parameters.</remarks>
    public static void UseCorsPolicy(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var cors = services.GetRequiredService<ICorsService>();
        var policies = services.GetRequiredService<ICorsPolicyProvider>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        app.Use(next =>
        {
            var middleware = new CorsMiddleware(next, cors, loggers);
            return context => middleware.Invoke(context, policies);
        });
    }

    /// <summary>True for an origin as browsers write it: scheme, host and port alone.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text;

    private static string Check(string origin) =>
        IsOrigin(origin)
            ? origin
            : throw new ConfigurationException(
                $"CORS_ORIGINS must be * or origins like https://chat.example.com, separated by commas. {origin} is not an origin.");
}
