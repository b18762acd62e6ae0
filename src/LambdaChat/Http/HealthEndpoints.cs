namespace LambdaChat.Http;

internal static class HealthEndpoints
{
    /// <summary>
    /// <c>GET /healthz</c> and <c>GET /health</c> report that the function runs. They need no API key and do not call the model.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapRead("/healthz", WriteHealthAsync).WithMetadata(AnonymousAccess.Endpoint);
        routes.MapRead("/health", WriteHealthAsync).WithMetadata(AnonymousAccess.Endpoint);
    }

    /// <summary>True for a path of a health endpoint.</summary>
    public static bool IsHealth(PathString path) => path == "/healthz" || path == "/health";

    private static Task WriteHealthAsync(HttpContext context) => HttpJson.WriteAsync(context, """{"status":"ok"}"""u8.ToArray());
}
