using System.Buffers;
using System.Text.Json;

namespace LambdaChat.Http;

/// <summary>
/// The form of errors in Anthropic's API: <c>{"type":"error","error":{"type","message"},"request_id"}</c>. Each error of the function has
/// this form on the paths of that API. Source: https://docs.claude.com/en/api/errors
/// </summary>
internal static class AnthropicErrorForm
{
    /// <summary>The request header that all of Anthropic's clients send, and no others.</summary>
    public const string VersionHeader = "anthropic-version";

    private const int Overloaded = 529;

    private static readonly PathString Messages = "/v1/messages";
    private static readonly PathString Models = "/v1/models";

    /// <summary>True for a request of Anthropic's API. The paths of models belong to two APIs; a header distinguishes them.</summary>
    public static bool IsFor(HttpRequest request)
    {
        var path = PathAliases.Canonical(request.Path); // Some errors are written before the aliases are replaced.
        return path.StartsWithSegments(Messages, StringComparison.OrdinalIgnoreCase)
            || (path.StartsWithSegments(Models, StringComparison.OrdinalIgnoreCase) && request.Headers.ContainsKey(VersionHeader));
    }

    /// <summary>The HTTP status. A server without capacity is 529, on which Anthropic's clients wait and retry.</summary>
    public static int StatusOf(ApiError error) => IsOverload(error) ? Overloaded : error.Status;

    /// <summary>The type of an error, on which clients decide whether they retry.</summary>
    public static string TypeOf(ApiError error) => error.Status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status408RequestTimeout or StatusCodes.Status504GatewayTimeout => "timeout_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status424FailedDependency => "api_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        < 500 => "invalid_request_error",
        _ => IsOverload(error) ? "overloaded_error" : "api_error",
    };

    /// <summary>The path of a field in errors: <c>messages.0.content</c> for <c>messages[0].content</c>.</summary>
    public static string PathOf(string path) => path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    /// <summary>Writes the JSON object of an error response's body or an error event's data.</summary>
    public static void Write(IBufferWriter<byte> output, ApiError error, string requestId)
    {
        using var writer = new Utf8JsonWriter(output, ApiError.Options);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, TypeOf(error));
        writer.WriteString("message"u8, error.AnthropicMessage ?? error.Message);
        if (error.AnthropicCode is { } code)
        {
            writer.WriteStartObject("details"u8);
            writer.WriteString("error_code"u8, code);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteString("request_id"u8, requestId);
        writer.WriteEndObject();
    }

    private static bool IsOverload(ApiError error) =>
        error.Status == StatusCodes.Status503ServiceUnavailable
        && error.Code is "upstream_unavailable" or "model_is_starting" or "server_overloaded";
}
