using System.Net.Mime;
using System.Text;
using System.Text.Json;

namespace LambdaChat.Local.Lambda;

/// <summary>A request's body in an event: text as it is, anything else as Base64.</summary>
internal static class EventBody
{
    public static void Write(Utf8JsonWriter writer, HttpRequest request, byte[] body)
    {
        if (body.Length == 0)
        {
            writer.WriteBoolean("isBase64Encoded", false);
            return;
        }

        var isText = IsText(request.ContentType) && System.Text.Unicode.Utf8.IsValid(body);
        writer.WriteString("body", isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body));
        writer.WriteBoolean("isBase64Encoded", !isText);
    }

    private static bool IsText(string? contentType)
    {
        try
        {
            return contentType is not null && new ContentType(contentType).MediaType is { } type &&
                (type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/xml" or "application/javascript");
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
