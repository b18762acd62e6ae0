using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LambdaChat.Failures;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// What a model server says when it fails: JSON of one shape or another, wrapped by SageMaker, or plain text. Made fit to show: only
/// the message, at most 2 KiB, without ARNs, account ids, links and tracebacks.
/// </summary>
internal static partial class ContainerMessage
{
    private const int MaximumLength = 2048;
    private const string Fallback = "The model server failed without an error message.";

    /// <summary>Reads an error body. <paramref name="status"/> is the container's own, null where it is unknown.</summary>
    public static ContainerError Read(string? text, int? status)
    {
        text = text?.Trim() ?? "";
        if (Wrapping().Match(text) is { Success: true } wrapped)
        {
            text = wrapped.Groups["message"].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Trim();
            status ??= int.Parse(wrapped.Groups["status"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        }

        return ReadJson(text, status) ?? new ContainerError(status, Clean(text));
    }

    /// <summary>Reads the value of an <c>error</c> member: an object in OpenAI's shape, or a string.</summary>
    public static ContainerError Read(JsonElement error, int? status) =>
        error.ValueKind == JsonValueKind.Object
            ? new ContainerError(
                status ?? GetStatus(error),
                Clean(GetString(error, "message") ?? GetString(error, "detail") ?? ""),
                GetString(error, "type"),
                GetString(error, "param"),
                GetString(error, "code"))
            : new ContainerError(status, Clean(error.ValueKind == JsonValueKind.String ? error.GetString()! : ""));

    /// <summary>Takes out what must not be shown and cuts to 2 KiB of UTF-8.</summary>
    public static string Clean(string text)
    {
        text = Traceback().Replace(text, "");
        text = Arn().Replace(text, "[arn]");
        text = Link().Replace(text, "[link]");
        text = AccountId().Replace(text, "[account]");
        text = text.Trim();
        return text.Length == 0 ? Fallback : Cut(text);
    }

    // {"error":{"message",…}}, {"error":"…","error_type":"…"}, {"message":"…"}, {"detail":"…"}, and vLLM before 0.10 without "error".
    private static ContainerError? ReadJson(string text, int? status)
    {
        if (!text.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String
                ? Read(error, status) with { Type = GetString(error, "type") ?? GetString(root, "error_type") }
                : Read(root, status);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? GetString(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int? GetStatus(JsonElement error) =>
        error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var status) ? status : null;

    private static string Cut(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes <= MaximumLength)
        {
            return text;
        }

        Span<byte> head = stackalloc byte[MaximumLength - 3];
        Encoding.UTF8.GetEncoder().Convert(text, head, flush: false, out _, out var used, out _);
        return Encoding.UTF8.GetString(head[..used]) + "…";
    }

    [GeneratedRegex("""^Received (client|server) error \((?<status>\d{3})\) from \S+ with message "(?<message>.*)"\.? See .*$""", RegexOptions.Singleline)]
    private static partial Regex Wrapping();

    [GeneratedRegex("""Traceback \(most recent call last\):.*""", RegexOptions.Singleline)]
    private static partial Regex Traceback();

    [GeneratedRegex("""arn:[a-z0-9-]+:[^\s"',]+""")]
    private static partial Regex Arn();

    [GeneratedRegex("""\b[a-z][a-z0-9+.-]*://[^\s"']+""", RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    [GeneratedRegex("""(?<!\d)\d{12}(?!\d)""")]
    private static partial Regex AccountId();
}
