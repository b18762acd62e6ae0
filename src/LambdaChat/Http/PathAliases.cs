namespace LambdaChat.Http;

/// <summary>
/// The paths that clients use for the same API: without <c>/v1</c> (NextChat's DeepSeek provider), and behind the prefixes of NextChat's own
/// server. Rewritten before routing, so that there is one set of routes.
/// </summary>
internal static class PathAliases
{
    private static readonly PathString Version = "/v1";
    private static readonly string[] Prefixes = ["/api/openai", "/api/deepseek"];
    private static readonly string[] Paths = ["/chat/completions", "/completions", "/embeddings", "/rerank", "/score", "/models", "/dashboard/billing"];

    public static void UsePathAliases(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        context.Request.Path = Canonical(context.Request.Path);
        return next(context);
    });

    /// <summary>The path under <c>/v1</c> that a path stands for; the path itself where it stands for none.</summary>
    public static PathString Canonical(PathString path)
    {
        var plain = WithoutPrefix(path);
        return Array.Exists(Paths, known => plain.StartsWithSegments(known, StringComparison.OrdinalIgnoreCase)) ? Version.Add(plain)
            : plain.StartsWithSegments(Version, StringComparison.OrdinalIgnoreCase) ? plain
            : path;
    }

    private static PathString WithoutPrefix(PathString path)
    {
        foreach (var prefix in Prefixes)
        {
            if (path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase, out var rest))
            {
                return rest;
            }
        }

        return path;
    }
}
