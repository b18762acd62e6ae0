using System.Text;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// A file of a user message. Its bytes must be in the request: the function fetches nothing. Images stay images, and texts become text. A
/// browser knows no type for many texts, such as source code: a file without a type is a text if it is UTF-8 without a null character.
/// </summary>
/// <param name="item">The value that errors name.</param>
internal sealed class Attachment(RequestItem item)
{
    private static readonly string[] TextTypes =
    [
        "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml", "application/javascript",
        "application/typescript", "application/sql", "application/x-sh", "application/csv",
    ];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True for a data URL.</summary>
    public static bool IsDataUrl(RequestItem text) => text.Escaped.Length > 5 && Ascii.EqualsIgnoreCase(text.Escaped[..5], "data:"u8);

    /// <summary>Adds a file that is a data URL.</summary>
    /// <param name="mediaType">The type that the client names; null or empty for the type in the URL.</param>
    /// <param name="name">The name of the file; null if it has none.</param>
    /// <exception cref="ErrorResponseException">It is not a data URL, or its type is not supported.</exception>
    public void AddUrl(ChatMessages messages, RequestItem url, string? mediaType, string? name)
    {
        if (!IsDataUrl(url))
        {
            throw url.Invalid($"a file of type {TypeOf(mediaType ?? "")} must be a data URL, because its content is sent in the request");
        }

        var text = url.Value.GetString()!;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var head = comma < 0 ? throw url.Invalid("a data URL must have a comma before its content") : text[5..comma];
        var type = ChooseType(mediaType ?? "", head.Split(';')[0]);
        if (IsImage(type))
        {
            messages.AddUserImage(url.Escaped);
            return;
        }

        AddText(messages, type, name, text[(comma + 1)..], head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Adds a file whose content is Base64.</summary>
    /// <exception cref="ErrorResponseException">Its type is not supported.</exception>
    public void AddBase64(ChatMessages messages, RequestItem content, string mediaType, string? name)
    {
        if (IsImage(mediaType))
        {
            messages.AddUserImage([.. "data:"u8, .. JsonText.Quote(mediaType).AsSpan()[1..^1], .. ";base64,"u8, .. content.Escaped]);
            return;
        }

        AddText(messages, mediaType, name, content.Value.GetString()!, isBase64: true);
    }

    // The AI SDK allows a type such as image or image/*, which the URL tells more exactly.
    private static string ChooseType(string named, string ofUrl)
    {
        var isFull = named.Contains('/', StringComparison.Ordinal) && !named.EndsWith("/*", StringComparison.Ordinal);
        return isFull || ofUrl.Length == 0 ? named : ofUrl;
    }

    private void AddText(ChatMessages messages, string mediaType, string? name, string content, bool isBase64)
    {
        var type = mediaType.Split(';')[0].Trim();
        var isUnknown = type.Length == 0 || IsOf(type, "application/octet-stream");
        var text = !isUnknown && !IsText(type) ? null : isBase64 ? Decode(content, isUnknown) : Uri.UnescapeDataString(content);
        if (text is null || (isUnknown && text.Contains('\0', StringComparison.Ordinal)))
        {
            throw item.Invalid($"files of type {TypeOf(type)} are not supported, only images and texts");
        }

        messages.AddUserText(JsonText.Quote(name is null ? text : $"{name}:\n\n{text}").AsSpan()[1..^1]);
    }

    // Null for other bytes than UTF-8, which only a file of an unknown type may have.
    private string? Decode(string content, bool isUnknown)
    {
        try
        {
            return Strict.GetString(Convert.FromBase64String(content));
        }
        catch (DecoderFallbackException) when (isUnknown)
        {
            return null;
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            throw item.Invalid("the content must be UTF-8 text, encoded as Base64");
        }
    }

    private static bool IsImage(string type) => IsOf(type, "image");

    private static bool IsText(string type) =>
        IsOf(type, "text") || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase) || TextTypes.Contains(type, StringComparer.OrdinalIgnoreCase);

    private static bool IsOf(string type, string kind) =>
        type.StartsWith(kind, StringComparison.OrdinalIgnoreCase) && (type.Length == kind.Length || type[kind.Length] == '/');

    private static string TypeOf(string type) => type.Length == 0 ? "unknown" : Excerpt.Of(type);
}
