namespace LambdaChat.Http;

/// <summary>Maps paths, and reads the values in them.</summary>
internal static class Routes
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps a path for GET and HEAD.</summary>
    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, RequestDelegate handler) =>
        routes.MapMethods(pattern, ReadMethods, handler);

    /// <summary>
    /// Returns a route value as text; empty if the path has none. Servers decode a path except for %2F, which would divide a value.
    /// </summary>
    public static string GetRouteText(this HttpContext context, string name) =>
        (context.GetRouteValue(name) as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
