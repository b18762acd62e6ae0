using System.Text;
using System.Text.Json;

namespace LambdaChat.Local.Lambda;

/// <summary>An answer in one JSON document: <c>{"statusCode","headers","cookies","body","isBase64Encoded"}</c>, or with
/// <c>multiValueHeaders</c> and without cookies.</summary>
internal static class BufferedResponse
{
    private const int MaximumLength = 6 * 1024 * 1024;

    /// <summary>Passes it to the client; the error type where it cannot be, else null.</summary>
    public static async Task<string?> SendAsync(HttpResponse client, EventFormat format, byte[] json, CancellationToken cancellationToken)
    {
        if (json.Length > MaximumLength)
        {
            return "Function.ResponseSizeTooLarge";
        }

        byte[] body;
        try
        {
            using var document = JsonDocument.Parse(json);
            StreamedResponse.ApplyPrelude(client, format, json);
            body = ReadBody(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return "Runtime.InvalidResponse";
        }

        if (body.Length > 0)
        {
            await client.Body.WriteAsync(body, cancellationToken);
        }

        await client.CompleteAsync();
        return null;
    }

    private static byte[] ReadBody(JsonElement answer)
    {
        var text = answer.TryGetProperty("body", out var body) ? body.GetString() ?? "" : "";
        return answer.TryGetProperty("isBase64Encoded", out var isBase64) && isBase64.GetBoolean() ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text);
    }
}
