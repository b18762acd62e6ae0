using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The log line of a response with an error status: the method, the path without the query, and the error code. It contains nothing else of
/// the request and the response. A feature of the client's request.
/// </summary>
internal sealed partial class ErrorLine
{
    private const int MaximumBody = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>Keeps the start of the body if the response is an error.</summary>
    public static void Add(HttpResponse response, ReadOnlySpan<byte> bytes)
    {
        if (response.StatusCode >= 400 && response.HttpContext.Features.Get<ErrorLine>() is { } line)
        {
            line._body.Write(bytes[..Math.Min(bytes.Length, MaximumBody - line._body.WrittenCount)]);
        }
    }

    /// <summary><c>05:02:08.123 WARN  401 POST /v1/chat/completions invalid_api_key</c>; null unless the status is an error.</summary>
    public string? Format(HttpContext context, DateTimeOffset time) => context.Response.StatusCode < 400 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{time:HH:mm:ss.fff} WARN  {context.Response.StatusCode} {context.Request.Method} {context.Request.Path.ToUriComponent()} {Code}")
        .TrimEnd();

    // OpenAI's form has the code in `code`, Anthropic's has a `type` only. An error in the form of a text has none.
    private string Code
    {
        get
        {
            try
            {
                var error = JsonNode.Parse(_body.WrittenSpan)?["error"];
                var code = (string?)error?["code"] ?? (string?)error?["type"] ?? "";
                return CodePattern().IsMatch(code) ? code : "";
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                return "";
            }
        }
    }

    // Anything else is not a code of an API, and could be a part of a prompt.
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.]{0,63}\z")]
    private static partial Regex CodePattern();
}
