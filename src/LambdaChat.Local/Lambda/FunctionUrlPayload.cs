using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// A request to the function URL as the event that the function gets, payload format 2.0.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
/// </summary>
internal static class FunctionUrlPayload
{
    private const string UrlId = "localurl";

    public static byte[] Write(HttpRequest request, byte[] body, string requestId, DateTimeOffset time, string? iamArn)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "2.0");
            writer.WriteString("routeKey", "$default");
            writer.WriteString("rawPath", RawPath(request));
            writer.WriteString("rawQueryString", request.QueryString.HasValue ? request.QueryString.Value![1..] : "");
            WriteCookies(writer, request);
            WriteHeaders(writer, request);
            WriteRequestContext(writer, request, requestId, time, iamArn);
            EventBody.Write(writer, request, body);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static string RawPath(HttpRequest request) => request.PathBase.Add(request.Path).ToUriComponent();

    private static void WriteCookies(Utf8JsonWriter writer, HttpRequest request)
    {
        if (request.Headers.Cookie.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("cookies");
        foreach (var cookie in request.Headers.Cookie.SelectMany(line => line!.Split(';', StringSplitOptions.TrimEntries)))
        {
            writer.WriteStringValue(cookie);
        }

        writer.WriteEndArray();
    }

    private static void WriteHeaders(Utf8JsonWriter writer, HttpRequest request)
    {
        writer.WriteStartObject("headers");
        foreach (var (name, values) in request.Headers.Where(header => !header.Key.Equals("Cookie", StringComparison.OrdinalIgnoreCase)))
        {
            writer.WriteString(name.ToLowerInvariant(), string.Join(',', values.ToArray()));
        }

        writer.WriteString("x-forwarded-proto", request.Scheme);
        writer.WriteString("x-forwarded-port", (request.Host.Port ?? 80).ToString(CultureInfo.InvariantCulture));
        writer.WriteString("x-forwarded-for", request.HttpContext.Connection.RemoteIpAddress?.ToString());
        writer.WriteEndObject();
    }

    private static void WriteRequestContext(Utf8JsonWriter writer, HttpRequest request, string requestId, DateTimeOffset time, string? iamArn)
    {
        writer.WriteStartObject("requestContext");
        writer.WriteString("accountId", iamArn is null ? "anonymous" : IamAccount.Of(iamArn));
        writer.WriteString("apiId", UrlId);
        if (iamArn is not null)
        {
            writer.WriteStartObject("authorizer");
            writer.WriteStartObject("iam");
            IamAccount.Write(writer, iamArn, "userId");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteString("domainName", request.Host.Value);
        writer.WriteString("domainPrefix", UrlId);
        writer.WriteStartObject("http");
        writer.WriteString("method", request.Method);
        writer.WriteString("path", RawPath(request));
        writer.WriteString("protocol", request.Protocol);
        writer.WriteString("sourceIp", request.HttpContext.Connection.RemoteIpAddress?.ToString());
        writer.WriteString("userAgent", request.Headers.UserAgent.ToString());
        writer.WriteEndObject();
        writer.WriteString("requestId", requestId);
        writer.WriteString("routeKey", "$default");
        writer.WriteString("stage", "$default");
        writer.WriteString("time", time.ToString("dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture));
        writer.WriteNumber("timeEpoch", time.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }
}
