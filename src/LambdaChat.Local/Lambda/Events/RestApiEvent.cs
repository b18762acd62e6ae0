using System.Text.Json;

namespace LambdaChat.Local.Lambda.Events;

/// <summary>
/// Converts a request to an API Gateway REST API into an event of payload format 1.0. The stage in the path is optional.
/// Source:
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
/// </summary>
internal static class RestApiEvent
{
    private const string Stage = "prod";

    public static byte[] Write(HttpRequest request, byte[] body, string requestId, DateTimeOffset time, string? iamArn) =>
        EventJson.Write(writer =>
    {
        var path = WithoutStage(request);
        var isRoot = path is "" or "/";
        writer.WriteString("resource", Resource(isRoot));
        writer.WriteString("path", isRoot ? "/" : path);
        writer.WriteString("httpMethod", request.Method);
        WriteBothForms(writer, "headers", "multiValueHeaders", EventJson.ReadHeaders(request));

        // API Gateway decodes the query string.
        WriteBothForms(
            writer,
            "queryStringParameters",
            "multiValueQueryStringParameters",
            request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()));
        WritePathParameters(writer, isRoot ? null : path.TrimStart('/'));
        writer.WriteNull("stageVariables");
        WriteRequestContext(writer, request, path, requestId, time, iamArn);
        EventBody.Write(writer, request, body);
    });

    // Empty for the stage without a slash at its end. Only requestContext.path distinguishes it from the stage with one.
    private static string WithoutStage(HttpRequest request)
    {
        var hasStage = request.Path.StartsWithSegments($"/{Stage}", StringComparison.Ordinal, out var rest);
        return (hasStage ? rest : request.Path).ToUriComponent();
    }

    // The template has a method for / beside the one for {proxy+}, which does not match it.
    private static string Resource(bool isRoot) => isRoot ? "/" : "/{proxy+}";

    private static void WritePathParameters(Utf8JsonWriter writer, string? proxy)
    {
        if (proxy is null)
        {
            writer.WriteNull("pathParameters");
            return;
        }

        writer.WriteStartObject("pathParameters");
        writer.WriteString("proxy", proxy);
        writer.WriteEndObject();
    }

    /// <summary>Writes an object with the last value of each name, and an object with all values.</summary>
    private static void WriteBothForms(Utf8JsonWriter writer, string name, string multiValueName, Dictionary<string, string?[]> members)
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

    private static void WriteRequestContext(
        Utf8JsonWriter writer, HttpRequest request, string path, string requestId, DateTimeOffset time, string? iamArn)
    {
        writer.WriteStartObject("requestContext");
        writer.WriteString("accountId", "111122223333");
        writer.WriteString("apiId", "localrest");
        writer.WriteNull("authorizer");
        writer.WriteString("domainName", request.Host.Value);
        writer.WriteString("httpMethod", request.Method);
        WriteIdentity(writer, request, iamArn);
        writer.WriteString("path", $"/{Stage}{path}");
        writer.WriteString("protocol", request.Protocol);
        writer.WriteString("requestId", requestId);
        writer.WriteString("requestTime", EventJson.FormatTime(time));
        writer.WriteNumber("requestTimeEpoch", time.ToUnixTimeMilliseconds());
        writer.WriteString("resourcePath", Resource(path is "" or "/"));
        writer.WriteString("stage", Stage);
        writer.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter writer, HttpRequest request, string? iamArn)
    {
        writer.WriteStartObject("identity");
        if (iamArn is null)
        {
            writer.WriteNull("accountId");
            writer.WriteNull("userArn");
            writer.WriteNull("user");
        }
        else
        {
            IamCaller.Write(writer, iamArn, "user");
        }

        writer.WriteString("sourceIp", EventJson.SourceIp(request));
        writer.WriteString("userAgent", request.Headers.UserAgent.ToString());
        writer.WriteEndObject();
    }
}
