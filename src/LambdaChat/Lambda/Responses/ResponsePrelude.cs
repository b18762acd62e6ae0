using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using LambdaChat.Lambda.Events;
using Microsoft.Net.Http.Headers;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// Writes status and headers as JSON: before a streamed body, followed by eight NUL bytes, or in the JSON document of a buffered response.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, for payload format 2.0
/// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads, for 1.0
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
/// </summary>
internal static class ResponsePrelude
{
    /// <summary>Separates the prelude from the body of a streamed response.</summary>
    public static ReadOnlySpan<byte> Delimiter => [0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Writes <c>{"statusCode","headers","cookies"}</c>, or for a REST API <c>{"statusCode","multiValueHeaders"}</c>.</summary>
    public static void Write(IBufferWriter<byte> output, ResponseFormat format, int status, IHeaderDictionary headers)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        WriteMembers(writer, format, status, headers);
        writer.WriteEndObject();
    }

    /// <summary>Writes the document of a buffered response. A body that is not UTF-8 is written as Base64.</summary>
    public static void WriteBuffered(
        IBufferWriter<byte> output,
        ResponseFormat format,
        int status,
        IHeaderDictionary headers,
        ReadOnlySpan<byte> body)
    {
        var isText = Utf8.IsValid(body);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        WriteMembers(writer, format, status, headers);
        if (isText)
        {
            writer.WritePropertyName("body"u8);
            JsonBody.Write(writer, body);
        }
        else
        {
            writer.WriteBase64String("body"u8, body);
        }

        writer.WriteBoolean("isBase64Encoded"u8, !isText);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, ResponseFormat format, int status, IHeaderDictionary headers)
    {
        writer.WriteNumber("statusCode"u8, status);
        if (format.HasMultiValueHeaders)
        {
            WriteMultiValueHeaders(writer, headers);
        }
        else
        {
            WriteHeaders(writer, headers);
        }
    }

    private static void WriteMultiValueHeaders(Utf8JsonWriter writer, IHeaderDictionary headers)
    {
        writer.WriteStartObject("multiValueHeaders"u8);
        foreach (var (name, values) in headers)
        {
            if (!IsConnectionHeader(name))
            {
                writer.WriteStartArray(name.ToLowerInvariant());
                foreach (var value in values)
                {
                    writer.WriteStringValue(value);
                }

                writer.WriteEndArray();
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteHeaders(Utf8JsonWriter writer, IHeaderDictionary headers)
    {
        writer.WriteStartObject("headers"u8);
        foreach (var (name, values) in headers)
        {
            if (!IsConnectionHeader(name) && !name.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase))
            {
                writer.WriteString(name.ToLowerInvariant(), values.Count == 1 ? values[0] : string.Join(", ", values.ToArray()));
            }
        }

        writer.WriteEndObject();
        if (headers.SetCookie.Count > 0)
        {
            writer.WriteStartArray("cookies"u8);
            foreach (var cookie in headers.SetCookie)
            {
                writer.WriteStringValue(cookie);
            }

            writer.WriteEndArray();
        }
    }

    // The front end of Lambda frames the body itself.
    private static bool IsConnectionHeader(string name) =>
        name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ||
        name.Equals(HeaderNames.TransferEncoding, StringComparison.OrdinalIgnoreCase) ||
        name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) ||
        name.Equals(HeaderNames.KeepAlive, StringComparison.OrdinalIgnoreCase);
}
