using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Local.Lambda.Events;

/// <summary>The parts that the payload formats share.</summary>
internal static class EventJson
{
    public static byte[] Write(Action<Utf8JsonWriter> writeMembers)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    /// <summary>The headers of the request with the <c>X-Forwarded</c> headers that AWS adds.</summary>
    public static Dictionary<string, string?[]> ReadHeaders(HttpRequest request)
    {
        var headers = request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToArray(), StringComparer.OrdinalIgnoreCase);
        headers["X-Forwarded-Proto"] = [request.Scheme];
        headers["X-Forwarded-Port"] = [(request.Host.Port ?? 80).ToString(CultureInfo.InvariantCulture)];
        headers["X-Forwarded-For"] = [string.Join(", ", [.. headers.GetValueOrDefault("X-Forwarded-For", []), SourceIp(request)])];
        return headers;
    }

    public static string? SourceIp(HttpRequest request) => request.HttpContext.Connection.RemoteIpAddress?.ToString();

    /// <summary>A time as <c>28/Nov/2026:12:00:00 +00:00</c>.</summary>
    public static string FormatTime(DateTimeOffset time) => time.ToString("dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
