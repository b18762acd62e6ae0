using LambdaChat.Configuration;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace LambdaChat.Http;

/// <summary>
/// Which pages may call the API. The one place that decides: the function URL has no CORS block, since a browser refuses an answer with two
/// values. Nothing is decided by cookies, so that any page may call unless <c>CORS_ORIGINS</c> names some.
/// Source: https://fetch.spec.whatwg.org/#http-cors-protocol
/// </summary>
internal static class CorsExtensions
{
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2); // The most that Chromium keeps; each preflight is a billed invocation.

    private static readonly string[] ExposedHeaders =
    [
        "x-request-id", "x-target-index", "retry-after", "retry-after-ms", "x-should-retry", "x-ratelimit-limit-requests", "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens",
    ];

    /// <summary>Reads <c>CORS_ORIGINS</c>: origins separated by commas; <c>*</c>, the default, for all.</summary>
    /// <exception cref="ConfigurationException">One is no origin.</exception>
    public static void AddCorsPolicy(this IServiceCollection services, IConfiguration configuration)
    {
        var origins = (configuration["CORS_ORIGINS"] ?? "*").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var policy = new CorsPolicyBuilder().AllowAnyHeader().WithMethods("GET", "POST").WithExposedHeaders(ExposedHeaders).SetPreflightMaxAge(PreflightMaxAge);
        if (origins is [] or ["*"])
        {
            policy.AllowAnyOrigin();
        }
        else
        {
            policy.WithOrigins([.. origins.Select(Check)]);
        }

        services.AddCors(options => options.AddDefaultPolicy(policy.Build()));
    }

    /// <summary>In front of keys and routes: a preflight has neither a key nor a route, and errors need the headers, too.</summary>
    public static void UseCorsPolicy(this IApplicationBuilder app) => app.UseCors();

    /// <summary>True for an origin as browsers write it: scheme, host and port alone.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;

    private static string Check(string origin) =>
        IsOrigin(origin)
            ? origin
            : throw new ConfigurationException($"CORS_ORIGINS must be * or origins like https://chat.example.com, separated by commas; {origin} is none.");
}
