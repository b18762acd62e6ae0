using System.Text;
using System.Text.Json;
using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.Local.Lambda;

/// <summary>A non-streaming response: <c>{"statusCode","headers","cookies","body","isBase64Encoded"}</c>. REST APIs have
/// <c>multiValueHeaders</c> instead of cookies.</summary>
internal static class BufferedResponse
{
    private const int MaximumLength = 6 * 1024 * 1024;

    /// <summary>Sends the response to the client. Returns the error type if it is invalid or too large, else null.</summary>
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
            ErrorLine.Add(client, body);
            await client.Body.WriteAsync(body, cancellationToken);
        }

        await client.CompleteAsync();
        return null;
    }

    private static byte[] ReadBody(JsonElement response)
    {
        var text = response.TryGetProperty("body", out var body) ? body.GetString() ?? "" : "";
        return response.TryGetProperty("isBase64Encoded", out var isBase64) && isBase64.GetBoolean()
            ? Convert.FromBase64String(text)
            : Encoding.UTF8.GetBytes(text);
    }
}
