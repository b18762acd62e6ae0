using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// A streaming response of the function: prelude, eight NUL bytes, body. Each part is sent to the client when it arrives. As on Lambda, the
/// response is read to the end even after the client has disconnected.
/// </summary>
/// <param name="holdsBack">True to send each chunk only when the next one arrives, or at the end.</param>
internal sealed class StreamedResponse(HttpResponse client, EventFormat format, bool holdsBack)
{
    private const int MaximumPreludeLength = 64 * 1024;
    private const long MaximumLength = 200L * 1024 * 1024;

    /// <summary>The content type of a response without a prelude; null for a response with one.</summary>
    public string? ContentType { get; init; }

    /// <summary>Copies the response. Returns the error type if it is invalid or too large, else null.</summary>
    public async Task<string?> CopyAsync(PipeReader function, CancellationToken cancellationToken)
    {
        if (ContentType is not null)
        {
            client.ContentType = ContentType;
        }
        else if (!await ReadPreludeAsync(function, cancellationToken))
        {
            return "Runtime.InvalidResponsePrelude";
        }

        var length = 0L;
        var held = Array.Empty<byte>();
        while (true)
        {
            var read = await function.ReadAsync(cancellationToken);
            length += read.Buffer.Length;
            if (length > MaximumLength)
            {
                return "Function.ResponseSizeTooLarge";
            }

            if (holdsBack && !read.Buffer.IsEmpty && !read.IsCompleted)
            {
                await SendAsync(new ReadOnlySequence<byte>(held), cancellationToken);
                held = read.Buffer.ToArray();
            }
            else if (!holdsBack || read.IsCompleted)
            {
                await SendAsync(new ReadOnlySequence<byte>(held), cancellationToken);
                await SendAsync(read.Buffer, cancellationToken);
            }

            function.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>Sets status and headers from a prelude or a buffered response. Each service reads its own members only.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">The status is not a whole number.</exception>
    /// <exception cref="InvalidOperationException">A value has another type, or a header is not valid.</exception>
    public static void ApplyPrelude(HttpResponse client, EventFormat format, ReadOnlyMemory<byte> json)
    {
        using var prelude = JsonDocument.Parse(json);
        var root = prelude.RootElement;
        client.StatusCode = root.TryGetProperty("statusCode", out var status) ? status.GetInt32() : 200;
        if (root.TryGetProperty("headers", out var headers) && headers.ValueKind == JsonValueKind.Object)
        {
            foreach (var header in headers.EnumerateObject())
            {
                client.Headers[header.Name] = header.Value.ToString();
            }
        }

        if (format == EventFormat.Url && root.TryGetProperty("cookies", out var cookies))
        {
            client.Headers.SetCookie = Texts(cookies);
        }

        if (format == EventFormat.Rest && root.TryGetProperty("multiValueHeaders", out headers)
            && headers.ValueKind == JsonValueKind.Object)
        {
            foreach (var header in headers.EnumerateObject())
            {
                client.Headers[header.Name] = Texts(header.Value);
            }
        }
    }

    private async Task SendAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (var segment in bytes)
        {
            client.BodyWriter.Write(segment.Span);
            ErrorLine.Add(client, segment.Span);
        }

        await client.BodyWriter.FlushAsync(cancellationToken);
    }

    private async Task<bool> ReadPreludeAsync(PipeReader function, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await function.ReadAsync(cancellationToken);
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MaximumPreludeLength)).ToArray();
            var end = bytes.AsSpan().IndexOf("\0\0\0\0\0\0\0\0"u8);
            if (end >= 0)
            {
                function.AdvanceTo(read.Buffer.GetPosition(end + 8));
                return TryApplyPrelude(bytes.AsMemory(0, end));
            }

            if (read.IsCompleted || bytes.Length == MaximumPreludeLength)
            {
                return false;
            }

            function.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private bool TryApplyPrelude(ReadOnlyMemory<byte> json)
    {
        try
        {
            ApplyPrelude(client, format, json);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string?[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString())];
}
