namespace LambdaChat.Http;

/// <summary>The parts of a path that name something.</summary>
internal static class RouteText
{
    /// <summary>
    /// Returns a part as text; empty if the path has none. Servers decode a path except for %2F, which would divide a part.
    /// </summary>
    public static string Of(HttpContext context, string name) =>
        (context.GetRouteValue(name) as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
