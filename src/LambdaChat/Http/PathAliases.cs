using System.Text;

namespace LambdaChat.Http;

/// <summary>
/// Maps the paths that clients use for the API to one set of routes before routing: without <c>/v1</c> (NextChat's DeepSeek provider), with
/// the prefixes of NextChat's server, with <c>/v1</c> twice, and with repeated slashes (from a base address that ends with one).
/// </summary>
internal static class PathAliases
{
    private const string VersionText = "/v1";

    private static readonly PathString Version = VersionText;
    private static readonly string[] Prefixes = ["/api/openai", "/api/deepseek", "/api/anthropic"];
    private static readonly string[] Paths =
    [
        "/chat/completions", "/completions", "/messages", "/embeddings", "/rerank", "/score", "/models", "/responses", "/dashboard/billing",
    ];

    // The APIs of user interfaces, which have no version.
    private static readonly PathString[] Frontends = ["/api/chat", "/ag-ui"];

    public static void UsePathAliases(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        context.Request.Path = Canonical(context.Request.Path);
        return next(context);
    });

    /// <summary>Returns the route under <c>/v1</c> for an alias, and any other path unchanged.</summary>
    public static PathString Canonical(PathString path)
    {
        var single = WithSingleSlashes(path);
        if (IsFrontend(single))
        {
            return single;
        }

        var plain = WithoutPrefix(single);
        var length = LengthOfVersions(plain.Value);
        return length > 0 ? Version.Add(new PathString(plain.Value![length..]))
            : Array.Exists(Paths, known => plain.StartsWithSegments(known, StringComparison.OrdinalIgnoreCase)) ? Version.Add(plain)
            : path;
    }

    // The characters of /v1 at the start, also of several. Nothing is copied for each: a path can have thousands.
    private static int LengthOfVersions(ReadOnlySpan<char> path)
    {
        var rest = path;
        while (rest.StartsWith(VersionText, StringComparison.OrdinalIgnoreCase)
            && (rest.Length == VersionText.Length || rest[VersionText.Length] == '/'))
        {
            rest = rest[VersionText.Length..];
        }

        return path.Length - rest.Length;
    }

    private static bool IsFrontend(PathString path)
    {
        foreach (var known in Frontends)
        {
            if (path.StartsWithSegments(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
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

    private static PathString WithSingleSlashes(PathString path)
    {
        if (path.Value is not { } value || !value.Contains("//", StringComparison.Ordinal))
        {
            return path;
        }

        var plain = new StringBuilder(value.Length);
        foreach (var letter in value)
        {
            if (letter != '/' || plain.Length == 0 || plain[^1] != '/')
            {
                plain.Append(letter);
            }
        }

        return new PathString(plain.ToString());
    }
}
