using System.Runtime.CompilerServices;
using LambdaChat.Http;
using Microsoft.Net.Http.Headers;

namespace LambdaChat.Page;

/// <summary>
/// Serves the chat page at <c>/</c> and its files under <c>/assets</c> and <c>/vendor</c>, without authentication: the page asks for the
/// API key and the API checks it. The framework's static files are not used. They derive an ETag from a file's time and length, which two
/// deployments can share, and they do not compress.
/// </summary>
internal static class PageEndpoints
{
    /// <summary>
    /// Allows only scripts, styles and connections of this origin, no markup from strings, and two worker scripts: the service worker and
    /// the reader of PDFs.
    /// </summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types workers";

    private const string Index = "index.html";

    /// <exception cref="LambdaChat.Configuration.ConfigurationException">A setting of the page is invalid.</exception>
    public static void MapPage(this IEndpointRouteBuilder routes, IConfiguration configuration)
    {
        var settings = PageSettings.Read(configuration);
        var page = new Lazy<PageFiles>(() => Open(settings));
        routes.MapRead("/", context => HasSlash(context) ? SendAsync(context, page.Value, Index) : RedirectAsync(context))
            .WithMetadata(AnonymousAccess.Endpoint);
        routes.MapRead("/sw.js", context => SendAsync(context, page.Value, "sw.js")).WithMetadata(AnonymousAccess.Endpoint);
        routes.MapRead("/assets/{name}", context => SendAsync(context, page.Value, $"assets/{context.GetRouteValue("name")}"))
            .WithMetadata(AnonymousAccess.Endpoint);
        routes.MapRead("/vendor/{**name}", context => SendAsync(context, page.Value, $"vendor/{context.GetRouteValue("name")}"))
            .WithMetadata(AnonymousAccess.Endpoint);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // The page's code loads with the first request for it.
    private static PageFiles Open(PageSettings settings) => new(Path.Combine(AppContext.BaseDirectory, "wwwroot"), settings);

    // Without a path, the request is to the stage of a REST API, /prod. The page's files are below /prod/.
    private static bool HasSlash(HttpContext context) => context.Request.Path.HasValue;

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Redirect($"{context.Request.PathBase.ToUriComponent()}/{context.Request.QueryString}");
        return Task.CompletedTask;
    }

    private static Task SendAsync(HttpContext context, PageFiles files, string name)
    {
        var (request, response) = (context.Request, context.Response);
        if (files.Find(name) is not { } file)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-cache"; // Files of two versions do not fit together, and their names stay the same.
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
        var isCompressed = AcceptsGzip(request.GetTypedHeaders().AcceptEncoding);
        var bytes = isCompressed ? file.Compressed : file.Bytes;
        response.ContentType = file.ContentType;
        response.ContentLength = bytes.Length;
        if (isCompressed)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(bytes).AsTask();
    }

    // "A value of 0 means 'not acceptable'." A coding that is named takes precedence over `*` (RFC 9110, sections 12.4.2 and 12.5.3).
    private static bool AcceptsGzip(IList<StringWithQualityHeaderValue> codings)
    {
        var isAccepted = false;
        foreach (var coding in codings)
        {
            if (coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            {
                return coding.Quality is not 0;
            }

            isAccepted |= coding.Value == "*" && coding.Quality is not 0;
        }

        return isAccepted;
    }
}
