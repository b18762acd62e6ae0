using System.Net;
using System.Text.Json;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace LambdaChat.Lambda.Events;

/// <summary>
/// An HTTP request from an event of a function URL (payload format 2.0) or a REST API (1.0). One pass reads both formats, because each
/// member that they share has the same meaning.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads,
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
/// </summary>
internal sealed class HttpEvent
{
    private readonly IHeaderDictionary _headers = new HeaderDictionary();
    private readonly RequestContext _context = new();
    private readonly RestApiEvent _restApi = new();
    private readonly EventBody _body = new();
    private string? _version;
    private string? _method;
    private string? _path;
    private string _decodedPath = "/";
    private string _query = "";
    private string? _cookies;

    private HttpEvent()
    {
    }

    public PayloadFormat Format { get; private set; }

    /// <summary>The IP address of the client.</summary>
    public IPAddress? RemoteIpAddress => IPAddress.TryParse(_context.SourceIp, out var address) ? address : null;

    /// <summary>The IAM principal that signed the request. Null if the request is not authorized by IAM.</summary>
    public IamIdentity? Iam => Format == PayloadFormat.FunctionUrl ? _context.Iam : _context.Identity;

    /// <summary>Parses an event.</summary>
    /// <exception cref="UnknownEventException">The event is not an HTTP request.</exception>
    public static HttpEvent Parse(ReadOnlySpan<byte> json)
    {
        var parsed = new HttpEvent();
        try
        {
            parsed.ReadEvent(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new UnknownEventException("The event is not a valid JSON object of an HTTP request.");
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

        return new HttpRequestFeature
        {
            Protocol = "HTTP/1.1",
            Scheme = _headers.TryGetValue("x-forwarded-proto", out var scheme) && scheme == "http" ? "http" : "https",
            Method = _method!,
            PathBase = "",
            Path = _decodedPath,
            QueryString = _query.Length > 0 ? "?" + _query : "",
            RawTarget = _query.Length > 0 ? $"{_path}?{_query}" : _path!,
            Headers = _headers,
            Body = _body.ToStream(),
        };
    }

    private void ReadEvent(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.ReadObject())
        {
            throw new JsonException();
        }

        while (reader.ReadName())
        {
            if (!ReadShared(ref reader) && !ReadFunctionUrl(ref reader) && !_restApi.Read(ref reader, _headers))
            {
                reader.Skip();
            }
        }

        ChooseFormat();
        _body.Decode();
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

    private bool ReadFunctionUrl(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("rawPath"u8))
        {
            _path = reader.ReadText();
        }
        else if (reader.ValueTextEquals("rawQueryString"u8))
        {
            _query = reader.ReadText() ?? "";
        }
        else if (reader.ValueTextEquals("cookies"u8))
        {
            ReadCookies(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    private void ReadHeaders(ref Utf8JsonReader reader)
    {
        if (!reader.ReadObject())
        {
            return;
        }

        while (reader.ReadName())
        {
            var name = EventJson.HeaderName(reader.GetString()!);
            var value = new StringValues(reader.ReadText());
            if (!_headers.ContainsKey(name))
            {
                _headers[name] = value;
            }
        }
    }

    private void ReadCookies(ref Utf8JsonReader reader)
    {
        if (reader.ReadArray())
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                _cookies = _cookies is null ? reader.GetString() : $"{_cookies}; {reader.GetString()}";
            }
        }
    }

    // Events of REST APIs have no version.
    private void ChooseFormat()
    {
        Format = _version == "2.0" ? PayloadFormat.FunctionUrl : PayloadFormat.RestApi;
        var isRestApi = Format == PayloadFormat.RestApi;
        _method = isRestApi ? _restApi.Method : _context.Method;
        _path = isRestApi ? _restApi.Route : _path;
        _query = isRestApi ? _restApi.Query : _query;
        if (_version is not (null or "1.0" or "2.0") || _method is null || _path is null)
        {
            throw new UnknownEventException(
                "The event is not an HTTP request of a function URL (payload format 2.0) or a REST API (1.0). " +
                "The folder tests/events has sample events.");
        }

        // FromUriComponent rejects a path with a null character.
        _decodedPath = PathString.FromUriComponent(_path.StartsWith('/') ? _path : "/" + _path).Value!;
    }
}
