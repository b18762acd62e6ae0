using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LambdaChat.Failures;

namespace LambdaChat.Upstream.Errors;

/// <summary>Collects the parts of an error. The first value of each part is kept.</summary>
internal sealed class ErrorFields
{
    public const int MaximumDepth = 6;
    public const int MaximumItems = 8; // Errors of a list.

    private const int MaximumNameLength = 64;

    /// <summary>The members that may hold the message, in order of precedence.</summary>
    public static readonly string[] MessageNames =
    [
        "error", "message", "detail", "errors", "msg", "error_message", "error_msg", "errorMessage", "errorMsg", "exception", "Message",
        "err", "Error", "ErrorMessage", "error_description", "text", "reason", "description", "fault",
        "faultstring", "title", "traceback",
    ];

    /// <summary>The members that may hold the status. Records without an error have them, too.</summary>
    public static readonly string[] StatusNames =
        ["code", "status", "status_code", "http_status_code", "statusCode", "http_status", "httpStatusCode", "http_code"];

    /// <summary>The members that hold the code of an error, which may be its status.</summary>
    public static readonly string[] CodeNames = ["error_code", "errorCode", "ErrorCode"];

    // A text beside these names an error, such as "Bad Request" or "invalid_request".
    private static readonly string[] SentenceNames = ["message", "detail", "error_description", "msg", "error_message"];

    private static readonly string[] StatusAndCodeNames = [.. StatusNames, .. CodeNames];
    private static readonly string[] FailedNames = ["error", "failed", "failure"]; // Values of a status that is not a number.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]-");

    private string? _statusName; // Such as gRPC's UNAVAILABLE.

    public int? Status { get; set; }

    public string? Message { get; set; }

    public string? Type { get; set; }

    public string? Param { get; set; }

    public string? Code { get; set; }

    /// <summary>Takes the parts that are still missing.</summary>
    public void Take(ErrorFields other)
    {
        Status ??= other.Status;
        Message ??= other.Message;
        Type ??= other.Type;
        Param ??= other.Param;
        Code ??= other.Code;
        _statusName ??= other._statusName;
    }

    /// <summary>Takes the members of an error object, except its message.</summary>
    public void TakeMembers(JsonElement error)
    {
        foreach (var name in StatusAndCodeNames)
        {
            Status ??= ReadStatus(error, name);
        }

        var type = Text(error, "type") ?? Text(error, "error_type");
        Type ??= type == "error" ? null : type; // Anthropic's envelope.
        Param ??= Text(error, "param");
        _statusName ??= Text(error, "status");
        Code ??= Text(error, "code") is { } code && !int.TryParse(code, CultureInfo.InvariantCulture, out _) ? code : null;
    }

    /// <summary>True if the member <c>error</c> is only the name of the error: it is short, and another member has a text.</summary>
    public static bool IsName(JsonElement error, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= MaximumNameLength
        && Array.Exists(SentenceNames, name => Text(error, name) is not null);

    public ContainerError ToError()
    {
        var message = ErrorText.Clean(Message ?? "");
        if (Code == ContextLength.Code || Type == "exceed_context_size_error" || ContextLength.IsExceeded(message))
        {
            return new ContainerError(400, message, "invalid_request_error", ToName(Param) ?? "messages", ContextLength.Code);
        }

        if (ContentPolicy.FindCode(Code, Type) is { } refusal)
        {
            return new ContainerError(400, message, "invalid_request_error", ToName(Param), refusal);
        }

        if (ImageRefusal.IsRefused(message))
        {
            return new ContainerError(400, message, "invalid_request_error", ToName(Param) ?? "messages", ToName(Code));
        }

        var status = Status ?? ErrorStatus.Find(Code) ?? ErrorStatus.Find(Type) ?? ErrorStatus.Find(_statusName);
        var type = Type ?? (FailedNames.Contains(_statusName, StringComparer.OrdinalIgnoreCase) ? "error" : null);
        return new ContainerError(status, message, ToName(type), ToName(Param), ToName(Code));
    }

    private static int? ReadStatus(JsonElement error, string name)
    {
        if (!error.TryGetProperty(name, out var value))
        {
            return null;
        }

        var status = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var number) && number is >= 400 and <= 599 ? (int)number : 0,
            JsonValueKind.String => int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0,
            _ => 0,
        };
        return status is >= 400 and <= 599 ? status : null;
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    // A name that is safe to pass on; null for anything else.
    private static string? ToName(string? text) =>
        text is { Length: <= MaximumNameLength } && !text.AsSpan().ContainsAnyExcept(NameCharacters) ? text : null;
}
