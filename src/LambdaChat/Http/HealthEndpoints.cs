namespace LambdaChat.Http;

internal static class HealthEndpoints
{
    /// <summary><c>GET /healthz</c>: the function runs. Nobody upstream is asked, and no key is needed.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes) => routes.MapGet("/healthz", Health).WithMetadata(AnonymousAccess.Endpoint);

    private static Task Health(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync("""{"status":"ok"}""");
    }
}
