using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Http;

/// <summary>
/// An error response of any API: an HTTP status, and the members of OpenAI's form,
/// <c>{"error":{"message","type","param","code"}}</c>.
/// Source: https://platform.openai.com/docs/guides/error-codes
/// </summary>
internal sealed record ApiError(int Status, string Type, string? Code, string Message, string? Param = null)
{
    /// <summary>How errors are written as JSON.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>When a client may retry; null if unknown.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True if the same request would fail again, so that clients should not retry it.</summary>
    public bool IsRetryUseless { get; init; }

    /// <summary>The message in the words of Anthropic's API; null for <see cref="Message"/>.</summary>
    public string? AnthropicMessage { get; init; }

    /// <summary>The code in the details of Anthropic's form of the error; null for none.</summary>
    public string? AnthropicCode { get; init; }

    /// <summary>The function's time limit has passed.</summary>
    public static ApiError DeadlineExceeded =>
        Server(StatusCodes.Status504GatewayTimeout, "deadline_exceeded", "The request reached the function's time limit.") with
        {
            IsRetryUseless = true,
        };

    /// <summary>An unexpected exception.</summary>
    public static ApiError Internal => Server(
        StatusCodes.Status500InternalServerError,
        "internal_error",
        "The server had an error while processing your request. The function's log has the cause.");

    /// <summary>A request that the server cannot parse.</summary>
    public static ApiError MalformedHttp(int status = StatusCodes.Status400BadRequest) =>
        Refused(status, "invalid_request", "The request is not valid HTTP.");

    /// <summary>400: the request is invalid in the field <paramref name="param"/>.</summary>
    public static ApiError BadRequest(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", code, message, param);

    /// <summary>Any other error that the caller can correct.</summary>
    public static ApiError Refused(int status, string code, string message) =>
        new(status, "invalid_request_error", code, message);

    /// <summary>An error that the caller cannot correct.</summary>
    public static ApiError Server(int status, string code, string message) =>
        new(status, "server_error", code, message);

    /// <summary>Writes the JSON object of an error response's body or an error event's data.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, Message);
        writer.WriteString("type"u8, Type);
        writer.WriteString("param"u8, Param);
        writer.WriteString("code"u8, Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes the whole response, in the form of the API to which the request belongs.</summary>
    public async Task WriteAsync(HttpResponse response)
    {
        var isAnthropic = AnthropicErrorForm.IsFor(response.HttpContext.Request);
        var isPlain = PlainTextErrorForm.IsFor(response.HttpContext.Request);
        response.StatusCode = isAnthropic ? AnthropicErrorForm.StatusOf(this) : Status;
        response.ContentType = isPlain ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        if (IsRetryUseless)
        {
            response.Headers["x-should-retry"] = "false";
        }

        if (isAnthropic)
        {
            AnthropicErrorForm.Write(response.BodyWriter, this, response.HttpContext.TraceIdentifier);
        }
        else if (isPlain)
        {
            PlainTextErrorForm.Write(response.BodyWriter, this);
        }
        else
        {
            WriteTo(response.BodyWriter);
        }

        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }
}
