using System.Runtime.CompilerServices;
using LambdaChat.Http;

namespace LambdaChat.Page;

/// <summary>
/// The chat page at <c>/</c> and its files under <c>/assets</c>, for everybody: the key is asked by the page and checked by the API. Not the
/// framework's static files: their tags are made of a file's time and length, which two deployments can share, and they do not compress.
/// </summary>
internal static class PageEndpoints
{
    /// <summary>No script, style or connection but our own, and no markup made of text.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Index = "index.html";
    private const string Revalidate = "no-cache";
    private const string Keep = "public, max-age=300"; // Names stay the same in the next version: minutes, then a look at the tag.

    private static readonly string[] Methods = ["GET", "HEAD"];

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        var page = new Lazy<PageFiles>(Open);
        routes.MapMethods("/", Methods, context => AnswerAsync(context, page.Value, Index, Revalidate)).WithMetadata(AnonymousAccess.Endpoint);
        routes.MapMethods("/assets/{name}", Methods, context => AnswerAsync(context, page.Value, $"assets/{context.GetRouteValue("name")}", Keep)).WithMetadata(AnonymousAccess.Endpoint);
        routes.MapMethods("/vendor/{**name}", Methods, context => AnswerAsync(context, page.Value, $"vendor/{context.GetRouteValue("name")}", Keep)).WithMetadata(AnonymousAccess.Endpoint);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Nothing of the page is loaded before somebody asks for it.
    private static PageFiles Open() => new(Path.Combine(AppContext.BaseDirectory, "wwwroot"));

    private static Task AnswerAsync(HttpContext context, PageFiles files, string name, string caching)
    {
        var (request, response) = (context.Request, context.Response);
        if (files.Find(name) is not { } file)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = caching;
        response.Headers.ETag = file.Tag;
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(request, response, file);
    }

    private static Task WriteAsync(HttpRequest request, HttpResponse response, PageFile file)
    {
        var isCompressed = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var bytes = isCompressed ? file.Compressed : file.Bytes;
        response.ContentType = file.ContentType;
        response.ContentLength = bytes.Length;
        if (isCompressed)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(bytes).AsTask();
    }
}
