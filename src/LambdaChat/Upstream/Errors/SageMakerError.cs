using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Reads the errors of SageMaker's calls and streams.
/// Source:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html#API_runtime_InvokeEndpointWithResponseStream_Errors
/// </summary>
internal static class SageMakerError
{
    private const int InitialLength = 16 * 1024;

    // Some servers repeat the request in their error, and SageMaker's response contains this error twice.
    private const int MaximumLength = 1024 * 1024;

    /// <summary>Reads an error response: a JSON body, and the type in <c>x-amzn-ErrorType</c>.</summary>
    public static async Task<ReplyFailure> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = JsonText.ToValid(await ReadBodyAsync(response.Content, cancellationToken));
        using var json = Parse(body);
        var type = response.Headers.NonValidated.TryGetValues("x-amzn-ErrorType", out var values)
            ? values.ToString()
            : json.GetString("__type") ?? "";
        var failure = type.Length == 0 && (json.IsFromModelServer || IsText(body, json, response))
            // The OpenAI route returns the container's own response.
            ? new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(Encoding.UTF8.GetString(body), (int)response.StatusCode))
            : Classify(ShortName(type), (int)response.StatusCode, json, body);
        return failure with { Detail = Describe(response, ShortName(type), failure.Container), RetryAfter = ReadRetryAfter(response) };
    }

    /// <summary>Reads an <c>exception</c> message of the stream.</summary>
    public static ReplyFailure ReadException(ReadOnlySpan<byte> exceptionType, ReadOnlySpan<byte> payload)
    {
        using var json = Parse(JsonText.ToValid(payload));
        return exceptionType switch
        {
            _ when exceptionType.SequenceEqual("ModelStreamError"u8) => json.GetString("ErrorCode") == "ModelInvocationTimeExceeded"
                ? new ReplyFailure(FailureKind.ModelTimeout)
                : new ReplyFailure(FailureKind.StreamBroken),
            _ => new ReplyFailure(FailureKind.SageMakerFailure),
        };
    }

    // A model server's text or HTML page. SageMaker's own errors are JSON; 401 and 403 are its token check.
    private static bool IsText(byte[] body, ErrorDocument json, HttpResponseMessage response) =>
        !json.IsJson && !body.AsSpan().Trim(" \t\r\n"u8).IsEmpty && (int)response.StatusCode is not (401 or 403);

    // For the log: SageMaker's status, error type and request id, and the container's own error type.
    private static string Describe(HttpResponseMessage response, string type, ContainerError? container)
    {
        response.Headers.NonValidated.TryGetValues("x-amzn-RequestId", out var requestId);
        var name = type.Length <= 64 && type.All(char.IsAsciiLetterOrDigit) ? type : "";
        return string.Join(' ',
            new[] { $"{(int)response.StatusCode}", name, requestId.ToString(),
                container?.Type }.Where(part => !string.IsNullOrEmpty(part)));
    }

    // A longer wait than ten minutes is ignored: no client waits so long.
    private static TimeSpan? ReadRetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } wait && wait > TimeSpan.Zero && wait <= TimeSpan.FromMinutes(10) ? wait : null;

    private static ReplyFailure Classify(string type, int status, ErrorDocument json, ReadOnlySpan<byte> body) => type switch
    {
        "ModelError" when !json.IsJson =>
            new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(text: null, FindStatus(body))),
        "ModelError" => ClassifyModelError(json),
        "ValidationError" when IsCold(json.GetMessage()) => new ReplyFailure(FailureKind.Cold),
        "ValidationError" or "ValidationException" => new ReplyFailure(FailureKind.InvalidTarget),
        "ThrottlingException" or "Throttling" or "TooManyRequestsException" => new ReplyFailure(FailureKind.Throttled),
        "ModelNotReadyException" or "ServiceUnavailable" or "ServiceUnavailableException" or "InternalDependencyException" =>
            new ReplyFailure(FailureKind.Unavailable),
        "InternalFailure" => new ReplyFailure(FailureKind.SageMakerFailure),
        "ExpiredTokenException" or "ExpiredToken" => new ReplyFailure(FailureKind.CredentialsExpired),
        "UnrecognizedClientException" or "InvalidSignatureException" or "InvalidClientTokenId" or "SignatureDoesNotMatch" =>
            new ReplyFailure(FailureKind.CredentialsInvalid),
        _ => ClassifyStatus(status),
    };

    // The container's status in a body that was cut: its text may be longer than the limit.
    private static int? FindStatus(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> member = "\"OriginalStatusCode\":"u8, text = "error ("u8;
        var start = body.IndexOf(member) is >= 0 and var named ? named + member.Length
            : body.IndexOf(text) is >= 0 and var told ? told + text.Length
            : -1;
        return start >= 0 && Utf8Parser.TryParse(body[start..].TrimStart((byte)' '), out int status, out _) && status is >= 400 and < 600
            ? status
            : null;
    }

    // Status 0: the container did not respond, and the message is SageMaker's own.
    private static ReplyFailure ClassifyModelError(ErrorDocument json)
    {
        var message = json.GetString("OriginalMessage") ?? json.GetMessage();
        var status = json.GetInt("OriginalStatusCode");
        if (status is not 0)
        {
            return new ReplyFailure(FailureKind.ContainerError, ContainerMessage.Read(message, status));
        }

        message = $"{json.GetMessage()} {message}";
        return message.Contains("could not get a response from", StringComparison.OrdinalIgnoreCase)
            ? new ReplyFailure(FailureKind.Unavailable)
            : message.Contains("timed out while waiting for a response from", StringComparison.OrdinalIgnoreCase)
            ? new ReplyFailure(FailureKind.ModelTimeout)
            : new ReplyFailure(FailureKind.ContainerError,
                ContainerMessage.Read(json.GetString("OriginalMessage") ?? json.GetMessage(), status: null));
    }

    // "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress …"
    private static bool IsCold(string? message) => message?.Contains("has no capacity", StringComparison.OrdinalIgnoreCase) == true;

    private static ReplyFailure ClassifyStatus(int status) => new(status switch
    {
        401 or 403 => FailureKind.AccessDenied,
        429 => FailureKind.Throttled,
        503 or 530 => FailureKind.Unavailable,
        504 => FailureKind.ModelTimeout,
        >= 500 => FailureKind.SageMakerFailure,
        _ => FailureKind.InvalidTarget,
    });

    // The name in "ModelError:http://internal.amazon.com/coral/…" and in "com.amazonaws.sagemaker#ModelError".
    private static string ShortName(string type)
    {
        var name = type.AsSpan();
        var colon = name.IndexOf(':');
        name = colon < 0 ? name : name[..colon];
        return name[(name.LastIndexOf('#') + 1)..].Trim().ToString();
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new byte[InitialLength];
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var length = 0;
        while (true)
        {
            length += await stream.ReadAtLeastAsync(
                body.AsMemory(length), body.Length - length, throwOnEndOfStream: false, cancellationToken);
            if (length < body.Length || length == MaximumLength)
            {
                return body[..length];
            }

            Array.Resize(ref body, 2 * length);
        }
    }

    private static ErrorDocument Parse(byte[] json)
    {
        try
        {
            return new ErrorDocument(JsonDocument.Parse(json));
        }
        catch (JsonException)
        {
            return new ErrorDocument(document: null);
        }
    }

    private sealed class ErrorDocument(JsonDocument? document) : IDisposable
    {
        public bool IsJson => document is not null;

        /// <summary>True for the error forms of model servers, which AWS services do not use. DJL: a number as the code.</summary>
        public bool IsFromModelServer => document is { RootElement.ValueKind: not JsonValueKind.Object }
            || Find("error") is not null || Find("detail") is not null || Find("errors") is not null
            || GetString("object") == "error" || GetInt("code") is not null
            || Find("message") is { ValueKind: JsonValueKind.Object or JsonValueKind.Array };

        public string? GetString(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        public int? GetInt(string name) =>
            Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

        public string? GetMessage() => GetString("Message") ?? GetString("message");

        public void Dispose() => document?.Dispose();

        private JsonElement? Find(string name) =>
            document is { RootElement.ValueKind: JsonValueKind.Object } && document.RootElement.TryGetProperty(name, out var value)
                ? value
                : null;
    }
}
