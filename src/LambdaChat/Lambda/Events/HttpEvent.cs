using System.Net;
using System.Text.Json;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace LambdaChat.Lambda.Events;

/// <summary>
/// The event of a function URL (payload format 2.0) or of a REST API (1.0), as an HTTP request. Read in one pass: the two have no member in
/// common that means different things.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads,
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
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

    /// <summary>The address that the request came from, as Lambda saw it.</summary>
    public IPAddress? RemoteIpAddress => IPAddress.TryParse(_context.SourceIp, out var address) ? address : null;

    /// <summary>Who signed the request, where AWS checked that.</summary>
    public IamIdentity? Iam => Format == PayloadFormat.FunctionUrl ? _context.Iam : _context.Identity;

    /// <summary>Reads an event.</summary>
    /// <exception cref="UnknownEventException">It is no event of a function URL or a REST API.</exception>
    public static HttpEvent Parse(ReadOnlySpan<byte> json)
    {
        var parsed = new HttpEvent();
        try
        {
            parsed.ReadEvent(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new UnknownEventException("The event is not the JSON of an HTTP request.");
        }

        return parsed;
    }

    /// <summary>The request, for ASP.NET Core.</summary>
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

    // A REST API's event names no version; that of an HTTP API in format 1.0 does.
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
                "The event is no HTTP request of a function URL (payload format 2.0) or a REST API (1.0). This function answers only those: test it with an event from tests/events.");
        }

        // A path with a null character in it is refused, and by that the event.
        _decodedPath = PathString.FromUriComponent(_path.StartsWith('/') ? _path : "/" + _path).Value!;
    }
}
