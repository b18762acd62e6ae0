using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace LambdaChat.Lambda;

/// <summary>
/// The event of a function URL, payload format 2.0, as an HTTP request.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
/// </summary>
internal sealed class FunctionUrlEvent
{
    private readonly IHeaderDictionary _headers = new HeaderDictionary();
    private string? _version;
    private string? _method;
    private string? _path;
    private string _decodedPath = "/";
    private string _query = "";
    private string? _cookies;
    private string? _sourceIp;
    private byte[] _body = [];
    private int _bodyLength;
    private bool _isBase64Encoded;

    private FunctionUrlEvent()
    {
    }

    /// <summary>The address that the request came from, as Lambda saw it.</summary>
    public IPAddress? RemoteIpAddress => IPAddress.TryParse(_sourceIp, out var address) ? address : null;

    /// <summary>Reads an event.</summary>
    /// <exception cref="UnknownEventException">It is no event of a function URL.</exception>
    public static FunctionUrlEvent Parse(ReadOnlySpan<byte> json)
    {
        var parsed = new FunctionUrlEvent();
        try
        {
            parsed.ReadEvent(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new UnknownEventException("The event is not the JSON of a function URL request.");
        }

        return parsed._version == "2.0" && parsed._method is not null && parsed._path is not null
            ? parsed
            : throw new UnknownEventException(
                "The event is no HTTP request of a function URL (payload format 2.0). This function answers only those: test it with an event from tests/events.");
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
            Body = new MemoryStream(_body, 0, _bodyLength, writable: false),
        };
    }

    private void ReadEvent(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("version"u8))
            {
                _version = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("rawPath"u8))
            {
                _path = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("rawQueryString"u8))
            {
                _query = ReadString(ref reader) ?? "";
            }
            else if (reader.ValueTextEquals("headers"u8))
            {
                ReadHeaders(ref reader);
            }
            else if (reader.ValueTextEquals("cookies"u8))
            {
                ReadCookies(ref reader);
            }
            else if (reader.ValueTextEquals("requestContext"u8))
            {
                ReadRequestContext(ref reader);
            }
            else if (reader.ValueTextEquals("body"u8))
            {
                ReadBody(ref reader);
            }
            else if (reader.ValueTextEquals("isBase64Encoded"u8))
            {
                reader.Read();
                _isBase64Encoded = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Skip();
            }
        }

        DecodePath();
        DecodeBody();
    }

    private void ReadHeaders(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (ReadName(ref reader))
        {
            var name = reader.GetString()!;
            _headers[name] = new StringValues(ReadString(ref reader));
        }
    }

    private void ReadCookies(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _cookies = _cookies is null ? reader.GetString() : $"{_cookies}; {reader.GetString()}";
        }
    }

    private void ReadRequestContext(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("http"u8))
            {
                ReadHttp(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadHttp(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (ReadName(ref reader))
        {
            if (reader.ValueTextEquals("method"u8))
            {
                _method = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("sourceIp"u8))
            {
                _sourceIp = ReadString(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // Bytes stay bytes: the text of a body is unescaped, never made a string.
    private void ReadBody(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        _body = new byte[reader.ValueSpan.Length];
        _bodyLength = reader.CopyString(_body);
    }

    // A path with a null character in it is refused, and by that the event.
    private void DecodePath()
    {
        if (_path is not null)
        {
            _decodedPath = PathString.FromUriComponent(_path.StartsWith('/') ? _path : "/" + _path).Value!;
        }
    }

    private void DecodeBody()
    {
        if (_isBase64Encoded && Base64.DecodeFromUtf8InPlace(_body.AsSpan(0, _bodyLength), out _bodyLength) != OperationStatus.Done)
        {
            throw new FormatException();
        }
    }

    private static bool ReadName(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static string? ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException();
        }
    }
}
