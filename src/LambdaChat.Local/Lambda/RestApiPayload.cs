using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// A request to a REST API of API Gateway as the event that the function gets, payload format 1.0. The stage may stand in the URL, or not.
/// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
/// </summary>
internal static class RestApiPayload
{
    private const string Stage = "prod";

    public static byte[] Write(HttpRequest request, byte[] body, string requestId, DateTimeOffset time, string? iamArn)
    {
        var path = WithoutStage(request);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("resource", "/{proxy+}");
            writer.WriteString("path", path);
            writer.WriteString("httpMethod", request.Method);
            WriteHeaders(writer, request);
            WriteQuery(writer, request);
            writer.WriteStartObject("pathParameters");
            writer.WriteString("proxy", path.TrimStart('/'));
            writer.WriteEndObject();
            writer.WriteNull("stageVariables");
            WriteRequestContext(writer, request, path, requestId, time, iamArn);
            EventBody.Write(writer, request, body);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static string WithoutStage(HttpRequest request)
    {
        var isStage = request.Path.StartsWithSegments($"/{Stage}", StringComparison.Ordinal, out var rest);
        var path = (isStage ? rest : request.Path).ToUriComponent();
        return path.Length == 0 ? "/" : path;
    }

    // Every value twice: the last of a name, and all of it.
    private static void WriteHeaders(Utf8JsonWriter writer, HttpRequest request)
    {
        var headers = request.Headers
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToArray()))
            .Append(KeyValuePair.Create<string, string?[]>("X-Forwarded-Proto", [request.Scheme]))
            .Append(KeyValuePair.Create<string, string?[]>("X-Forwarded-For", [request.HttpContext.Connection.RemoteIpAddress?.ToString()]));
        WriteTwice(writer, "headers", "multiValueHeaders", [.. headers]);
    }

    // Decoded, as API Gateway does.
    private static void WriteQuery(Utf8JsonWriter writer, HttpRequest request) => WriteTwice(
        writer, "queryStringParameters", "multiValueQueryStringParameters", [.. request.Query.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToArray()))]);

    private static void WriteTwice(Utf8JsonWriter writer, string name, string multiValueName, List<KeyValuePair<string, string?[]>> members)
    {
        if (members.Count == 0)
        {
            writer.WriteNull(name);
            writer.WriteNull(multiValueName);
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (member, values) in members)
        {
            writer.WriteString(member, values[^1]);
        }

        writer.WriteEndObject();
        writer.WriteStartObject(multiValueName);
        foreach (var (member, values) in members)
        {
            writer.WriteStartArray(member);
            foreach (var value in values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteRequestContext(Utf8JsonWriter writer, HttpRequest request, string path, string requestId, DateTimeOffset time, string? iamArn)
    {
        writer.WriteStartObject("requestContext");
        writer.WriteString("accountId", "111122223333");
        writer.WriteString("apiId", "localrest");
        writer.WriteNull("authorizer");
        writer.WriteString("domainName", request.Host.Value);
        writer.WriteString("httpMethod", request.Method);
        writer.WriteStartObject("identity");
        if (iamArn is null)
        {
            writer.WriteNull("accountId");
            writer.WriteNull("userArn");
            writer.WriteNull("user");
        }
        else
        {
            IamAccount.Write(writer, iamArn, "user");
        }

        writer.WriteString("sourceIp", request.HttpContext.Connection.RemoteIpAddress?.ToString());
        writer.WriteString("userAgent", request.Headers.UserAgent.ToString());
        writer.WriteEndObject();
        writer.WriteString("path", $"/{Stage}{path}");
        writer.WriteString("protocol", request.Protocol);
        writer.WriteString("requestId", requestId);
        writer.WriteString("requestTime", time.ToString("dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture));
        writer.WriteNumber("requestTimeEpoch", time.ToUnixTimeMilliseconds());
        writer.WriteString("resourcePath", "/{proxy+}");
        writer.WriteString("stage", Stage);
        writer.WriteEndObject();
    }
}
