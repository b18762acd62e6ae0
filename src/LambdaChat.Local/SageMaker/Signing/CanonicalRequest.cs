using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>
/// The text of a request that is signed. Source:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
/// </summary>
internal static partial class CanonicalRequest
{
    /// <param name="excluded">The parameter of the query that is not signed.</param>
    public static string Create(HttpRequest request, string signedHeaders, string payloadHash, string excluded)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var headers = string.Concat(signedHeaders.Split(';').Select(name => $"{name}:{Fold(request.Headers[name])}\n"));
        var query = CanonicalQuery(target.ElementAtOrDefault(1) ?? "", excluded);
        return $"{request.Method}\n{CanonicalPath(target[0])}\n{query}\n{headers}\n{signedHeaders}\n{payloadHash}";
    }

    // "Convert sequential spaces to a single space", and join the values of a header by commas. The SDKs convert tabs, too.
    private static string Fold(IEnumerable<string?> values) =>
        string.Join(',', values.Select(static value => Spaces().Replace(value!.Trim(), " ")));

    // "Each path segment must be URI-encoded twice": once by the client for the request, once here.
    private static string CanonicalPath(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static segment => segment != "."))
        {
            if (segment == "..")
            {
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            }
            else
            {
                segments.Add(Uri.EscapeDataString(segment));
            }
        }

        return "/" + string.Join('/', segments) + (path.Length > 1 && path.EndsWith('/') ? "/" : "");
    }

    private static string CanonicalQuery(string query, string excluded) => string.Join('&', query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(static pair => pair.Split('=', 2))
        .Select(static pair => (Name: Encode(pair[0]), Value: Encode(pair.ElementAtOrDefault(1) ?? "")))
        .Where(pair => pair.Name != excluded)
        .OrderBy(static pair => pair.Name, StringComparer.Ordinal).ThenBy(static pair => pair.Value, StringComparer.Ordinal)
        .Select(static pair => $"{pair.Name}={pair.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
