using System.Text;
using System.Text.Json;

namespace LambdaChat.Lambda.Events;

/// <summary>
/// The members that only payload format 1.0 has.
/// Source:
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
/// </summary>
internal sealed class RestApiEvent
{
    private const string Greedy = "{proxy+}";

    private readonly StringBuilder _query = new();
    private string? _path;
    private string? _resource;
    private string? _proxy;

    public string? Method { get; private set; }

    /// <summary>The query string without the question mark. API Gateway decodes names and values, so they are encoded again.</summary>
    public string Query => _query.ToString();

    /// <summary>
    /// The path without stage and base path. With a custom domain, the event's <c>path</c> starts with the base path of the API mapping,
    /// but
    /// the resource with the value of <c>{proxy+}</c> does not.
    /// </summary>
    public string? Route =>
        _path is not null && _proxy is not null &&
        _resource is not null && _resource.EndsWith(Greedy, StringComparison.Ordinal) &&
        _resource[..^Greedy.Length] + _proxy is var route && _path.EndsWith(route, StringComparison.Ordinal)
            ? route
            : _path;

    /// <summary>Reads the current member. False if it is not a member of this format.</summary>
    public bool Read(ref Utf8JsonReader reader, IHeaderDictionary headers)
    {
        if (reader.ValueTextEquals("httpMethod"u8))
        {
            Method = reader.ReadText();
        }
        else if (reader.ValueTextEquals("path"u8))
        {
            _path = reader.ReadText();
        }
        else if (reader.ValueTextEquals("resource"u8))
        {
            _resource = reader.ReadText();
        }
        else if (reader.ValueTextEquals("pathParameters"u8))
        {
            ReadPathParameters(ref reader);
        }
        else if (reader.ValueTextEquals("multiValueHeaders"u8))
        {
            headers.Clear(); // "multiValueHeaders" contains everything in "headers".
            reader.ReadLists((name, value) => headers.Append(EventJson.HeaderName(name), value));
        }
        else if (reader.ValueTextEquals("multiValueQueryStringParameters"u8))
        {
            reader.ReadLists(AppendQuery);
        }
        else
        {
            return false;
        }

        return true;
    }

    private void ReadPathParameters(ref Utf8JsonReader reader)
    {
        if (!reader.ReadObject())
        {
            return;
        }

        while (reader.ReadName())
        {
            var isProxy = reader.ValueTextEquals("proxy"u8);
            var value = reader.ReadText();
            _proxy = isProxy ? value : _proxy;
        }
    }

    private void AppendQuery(string name, string value) =>
        _query.Append(_query.Length > 0 ? "&" : "").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
}
