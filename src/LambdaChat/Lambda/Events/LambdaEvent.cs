using System.Net;
using System.Text.Json;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LambdaChat.Lambda.Events;

/// <summary>
/// The event of an invocation. HTTP requests come from function URLs and HTTP APIs (payload format 2.0), and from REST APIs, HTTP APIs and
/// load balancers (1.0). One pass reads all formats, because each member that they share has the same meaning.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
/// </summary>
internal sealed class LambdaEvent
{
    private readonly IHeaderDictionary _headers = new HeaderDictionary();
    private readonly RequestContext _context = new();
    private readonly RestEvent _rest = new();
    private readonly EventBody _body = new();
    private string? _version;
    private string? _routeKey;
    private string? _method;
    private string? _path;
    private string _decodedPath = "/";
    private string _query = "";
    private string? _cookies;
    private bool _isWarmUp;

    private LambdaEvent()
    {
    }

    public EventKind Kind { get; private set; }

    public ResponseFormat Format { get; private set; }

    /// <summary>The IP address of the client.</summary>
    public IPAddress? RemoteIpAddress => IPAddress.TryParse(_context.SourceIp, out var address) ? address : null;

    /// <summary>The IAM principal that signed the request. Null if the request is not authorized by IAM.</summary>
    public IamIdentity? Iam => _version == "2.0" ? _context.Iam : _context.Identity;

    /// <summary>Parses an event of any kind.</summary>
    public static LambdaEvent Parse(ReadOnlySpan<byte> json)
    {
        var parsed = new LambdaEvent();
        try
        {
            parsed.ReadEvent(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            parsed.Kind = EventKind.Unsupported;
        }

        return parsed;
    }

    /// <summary>The request feature for ASP.NET Core.</summary>
    public HttpRequestFeature ToRequest()
    {
        if (_cookies is not null)
        {
            _headers.Cookie = _cookies;
        }

        // A function URL removes Content-Encoding from responses, and behind CloudFront such responses fail at times.
        _headers.Remove(HeaderNames.AcceptEncoding);
        var stage = StageWithoutSlash;
        return new HttpRequestFeature
        {
            Protocol = "HTTP/1.1",
            Scheme = _headers.TryGetValue("x-forwarded-proto", out var scheme) && scheme == "http" ? "http" : "https",
            Method = _method!,
            PathBase = stage,
            Path = stage.Length > 0 ? "" : _decodedPath,
            QueryString = _query.Length > 0 ? "?" + _query : "",
            RawTarget = _query.Length > 0 ? $"{_path}?{_query}" : _path!,
            Headers = _headers,
            Body = _body.ToStream(),
        };
    }

    // The root of a stage without a slash at its end, /prod. The page's relative addresses need one.
    private string StageWithoutSlash =>
        _path is "" && _context.Stage.Length > 0 ? $"/{_context.Stage}" // Format 2.0.
        : _version != "2.0" && _decodedPath == "/" && _context.Path is ['/', not '/', ..] path && !path.EndsWith('/') ? path
        : "";

    private void ReadEvent(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.ReadObject())
        {
            throw new JsonException();
        }

        while (reader.ReadName())
        {
            if (!ReadShared(ref reader) && !ReadVersion2(ref reader) && !_rest.Read(ref reader, _headers) && !ReadWarmUp(ref reader))
            {
                reader.Skip();
            }
        }

        _body.Decode();
        Classify();
    }

    private bool ReadShared(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("version"u8))
        {
            _version = reader.ReadText();
        }
        else if (reader.ValueTextEquals("headers"u8))
        {
            ReadHeaders(ref reader);
        }
        else if (reader.ValueTextEquals("requestContext"u8))
        {
            _context.Read(ref reader);
        }
        else if (reader.ValueTextEquals("body"u8))
        {
            _body.Read(ref reader);
        }
        else if (reader.ValueTextEquals("isBase64Encoded"u8))
        {
            reader.Read();
            _body.IsBase64Encoded = reader.TokenType == JsonTokenType.True;
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool ReadVersion2(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("rawPath"u8))
        {
            _path = reader.ReadText();
        }
        else if (reader.ValueTextEquals("rawQueryString"u8))
        {
            _query = reader.ReadText() ?? "";
        }
        else if (reader.ValueTextEquals("routeKey"u8))
        {
            _routeKey = reader.ReadText();
        }
        else if (reader.ValueTextEquals("cookies"u8))
        {
            reader.ReadArray(value => _cookies = _cookies is null ? value : $"{_cookies}; {value}");
        }
        else
        {
            return false;
        }

        return true;
    }

    // EventBridge, serverless-plugin-warmup and lambda-warmer.
    private bool ReadWarmUp(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("source"u8))
        {
            _isWarmUp = reader.ReadText() is "aws.events" or "aws.scheduler" or "serverless-plugin-warmup";
        }
        else if (reader.ValueTextEquals("warmer"u8))
        {
            reader.Read();
            _isWarmUp = reader.TokenType == JsonTokenType.True;
        }
        else
        {
            return false;
        }

        return true;
    }

    private void ReadHeaders(ref Utf8JsonReader reader) => reader.ReadTexts((name, value) =>
    {
        if (!_headers.ContainsKey(EventJson.HeaderName(name)))
        {
            _headers[name] = new StringValues(value);
        }
    });

    private void Classify()
    {
        var isVersion2 = _version == "2.0";
        if (!isVersion2)
        {
            (_method, _path, _query) = (_rest.Method, _rest.Route, _rest.GetQuery(isEncoded: _context.IsLoadBalancer));
        }
        else
        {
            _method = _context.Method;
            _path = IsHttpApi ? WithoutStage(_path, _context.Stage) : _path;
        }

        if (_version is not (null or "1.0" or "2.0") || _method is null || _path is null)
        {
            Kind = _isWarmUp ? EventKind.WarmUp : EventKind.Unsupported;
            return;
        }

        Format = isVersion2
            ? new(IsHttpApi ? EventSource.HttpApi : EventSource.FunctionUrl, HasMultiValueHeaders: false)
            : FormatOfVersion1();
        Kind = TryDecodePath() ? EventKind.Http : EventKind.InvalidPath;
    }

    private bool IsHttpApi => _routeKey is not (null or "$default") || _context.IsApiGatewayDomain;

    // Only events of HTTP APIs name version 1.0.
    private ResponseFormat FormatOfVersion1() =>
        _context.IsLoadBalancer ? new(EventSource.LoadBalancer, _rest.HasMultiValueHeaders)
        : new(_version is null ? EventSource.RestApi : EventSource.HttpApi, HasMultiValueHeaders: true);

    // "/prod/v1/models" for the stage "prod" of an HTTP API.
    private static string? WithoutStage(string? path, string stage)
    {
        var length = 1 + stage.Length;
        return length > 1 && path?.StartsWith($"/{stage}", StringComparison.Ordinal) == true
            && (path.Length == length || path[length] == '/')
            ? path[length..]
            : path;
    }

    private bool TryDecodePath()
    {
        try
        {
            _decodedPath = PathString.FromUriComponent(_path!.StartsWith('/') ? _path : "/" + _path).Value!;
            return true;
        }
        catch (InvalidOperationException) // The path contains a null character.
        {
            return false;
        }
    }
}
