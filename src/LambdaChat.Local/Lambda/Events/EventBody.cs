using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LambdaChat.Local.Lambda.Events;

/// <summary>The body of a request in an event: text unchanged, other content as Base64.</summary>
internal static class EventBody
{
    public static void Write(Utf8JsonWriter writer, HttpRequest request, byte[] body)
    {
        if (body.Length == 0)
        {
            writer.WriteBoolean("isBase64Encoded", false);
            return;
        }

        var isText = IsText(request.ContentType) && Utf8.IsValid(body);
        writer.WriteString("body", isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body));
        writer.WriteBoolean("isBase64Encoded", !isText);
    }

    private static bool IsText(string? contentType)
    {
        try
        {
            return contentType is not null && new ContentType(contentType).MediaType is { } type &&
                (type.StartsWith("text/", StringComparison.Ordinal)
                    || type is "application/json" or "application/xml" or "application/javascript");
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
