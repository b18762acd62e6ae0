namespace LambdaChat.Http;

/// <summary>Writes responses of one JSON document that is in memory.</summary>
internal static class HttpJson
{
    /// <summary>
    /// Writes a whole response: "The server SHOULD send the same header fields in response to a HEAD request" (RFC 9110, section 9.3.2).
    /// </summary>
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
        }
    }

    /// <summary>Writes a whole response with a caller's reply, which no cache may store.</summary>
    public static Task WriteUncachedAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.Headers.CacheControl = "no-store";
        return WriteAsync(context, json);
    }
}
