using System.Text.Json;

namespace LambdaChat.Local.Lambda.Events;

/// <summary>
/// Converts a request to the function URL into an event of payload format 2.0.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
/// </summary>
internal static class FunctionUrlEvent
{
    private const string UrlId = "localurl";

    public static byte[] Write(HttpRequest request, byte[] body, string requestId, DateTimeOffset time, string? iamArn) =>
        EventJson.Write(writer =>
    {
        writer.WriteString("version", "2.0");
        writer.WriteString("routeKey", "$default");
        writer.WriteString("rawPath", RawPath(request));
        writer.WriteString("rawQueryString", request.QueryString.HasValue ? request.QueryString.Value![1..] : "");
        WriteCookies(writer, request);
        WriteHeaders(writer, request);
        WriteRequestContext(writer, request, requestId, time, iamArn);
        EventBody.Write(writer, request, body);
    });

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
        var headers = EventJson.ReadHeaders(request);
        headers.Remove("Cookie");
        foreach (var (name, values) in headers)
        {
            writer.WriteString(name.ToLowerInvariant(), string.Join(',', values));
        }

        writer.WriteEndObject();
    }

    private static void WriteRequestContext(
        Utf8JsonWriter writer, HttpRequest request, string requestId, DateTimeOffset time, string? iamArn)
    {
        writer.WriteStartObject("requestContext");
        writer.WriteString("accountId", iamArn is null ? "anonymous" : IamCaller.AccountOf(iamArn));
        writer.WriteString("apiId", UrlId);
        if (iamArn is not null)
        {
            writer.WriteStartObject("authorizer");
            writer.WriteStartObject("iam");
            IamCaller.Write(writer, iamArn, "userId");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteString("domainName", request.Host.Value);
        writer.WriteString("domainPrefix", UrlId);
        writer.WriteStartObject("http");
        writer.WriteString("method", request.Method);
        writer.WriteString("path", RawPath(request));
        writer.WriteString("protocol", request.Protocol);
        writer.WriteString("sourceIp", EventJson.SourceIp(request));
        writer.WriteString("userAgent", request.Headers.UserAgent.ToString());
        writer.WriteEndObject();
        writer.WriteString("requestId", requestId);
        writer.WriteString("routeKey", "$default");
        writer.WriteString("stage", "$default");
        writer.WriteString("time", EventJson.FormatTime(time));
        writer.WriteNumber("timeEpoch", time.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }
}
