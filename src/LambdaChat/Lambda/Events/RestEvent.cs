using System.Text;
using System.Text.Json;

namespace LambdaChat.Lambda.Events;

/// <summary>
/// The members of payload format 1.0, which API Gateway and Application Load Balancers send.
/// Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html and
/// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
/// </summary>
internal sealed class RestEvent
{
    private const string Greedy = "{proxy+}";

    private readonly List<(string Name, string Value)> _query = [];
    private bool _hasQueryLists;
    private string? _path;
    private string? _resource;
    private string? _proxy;

    public string? Method { get; private set; }

    /// <summary>True if the event has <c>multiValueHeaders</c>.</summary>
    public bool HasMultiValueHeaders { get; private set; }

    /// <summary>
    /// The path without stage and base path. With a custom domain, the event's <c>path</c> starts with the base path of the API mapping,
    /// but the resource with the value of <c>{proxy+}</c> does not.
    /// </summary>
    public string? Route =>
        _path is not null && _proxy is not null &&
        _resource is not null && _resource.EndsWith(Greedy, StringComparison.Ordinal) &&
        _resource[..^Greedy.Length] + _proxy is var route && _path.EndsWith(route, StringComparison.Ordinal)
            ? route
            : _path;

    /// <summary>The query string without the question mark.</summary>
    /// <param name="isEncoded">True if names and values are percent-encoded. API Gateway decodes them, a load balancer does not.</param>
    public string GetQuery(bool isEncoded)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in _query)
        {
            query.Append(query.Length > 0 ? "&" : "").Append(Encode(name)).Append('=').Append(Encode(value));
        }

        return query.ToString();

        string Encode(string text) => isEncoded ? text : Uri.EscapeDataString(text);
    }

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
            reader.ReadTexts((name, value) => _proxy = name == "proxy" ? value : _proxy);
        }
        else if (reader.ValueTextEquals("multiValueHeaders"u8))
        {
            ReadMultiValueHeaders(ref reader, headers);
        }
        else
        {
            return ReadQuery(ref reader);
        }

        return true;
    }

    private void ReadMultiValueHeaders(ref Utf8JsonReader reader, IHeaderDictionary headers)
    {
        HasMultiValueHeaders = true;
        headers.Clear(); // "multiValueHeaders" contains everything in "headers".
        reader.ReadLists((name, value) => headers.Append(EventJson.HeaderName(name), value));
    }

    // The lists contain everything in "queryStringParameters".
    private bool ReadQuery(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("multiValueQueryStringParameters"u8))
        {
            _hasQueryLists = true;
            _query.Clear();
            reader.ReadLists((name, value) => _query.Add((name, value)));
        }
        else if (!_hasQueryLists && reader.ValueTextEquals("queryStringParameters"u8))
        {
            reader.ReadTexts((name, value) => _query.Add((name, value ?? "")));
        }
        else
        {
            return false;
        }

        return true;
    }
}
