using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Http;

/// <summary>
/// An error as OpenAI's API gives it: <c>{"error":{"message","type","param","code"}}</c> and an HTTP status.
/// Source: https://platform.openai.com/docs/guides/error-codes
/// </summary>
internal sealed record OpenAIError(int Status, string Type, string? Code, string Message, string? Param = null)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>When a client may ask again; null where nothing says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True where the same request would fail again, so that a client that retries by itself should not.</summary>
    public bool IsRetryUseless { get; init; }

    /// <summary>400: the request is at fault, in the field <paramref name="param"/>.</summary>
    public static OpenAIError BadRequest(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", code, message, param);

    /// <summary>Any other error that the caller can mend.</summary>
    public static OpenAIError Refused(int status, string code, string message) =>
        new(status, "invalid_request_error", code, message);

    /// <summary>An error that the caller cannot mend.</summary>
    public static OpenAIError Server(int status, string code, string message) =>
        new(status, "server_error", code, message);

    /// <summary>Writes the object that is the whole body of an error response and the data of an error event.</summary>
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

    /// <summary>Answers a request that has no answer yet.</summary>
    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json; charset=utf-8";
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

        WriteTo(response.BodyWriter);
        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }
}
