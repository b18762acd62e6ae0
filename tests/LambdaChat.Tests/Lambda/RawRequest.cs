using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Lambda;

/// <summary>One request of the function. The test reads its body.</summary>
internal sealed class RawRequest(Socket connection, string head, byte[] rest)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _unread = rest;

    public Socket Connection => connection;

    public string Line => head.Split("\r\n")[0];

    public string Head => head;

    /// <summary>The body bytes that arrived in the same read as the head.</summary>
    public string FirstBytes { get; } = Encoding.Latin1.GetString(rest);

    /// <summary>Completes after the response of the test.</summary>
    public Task Done => head.StartsWith("GET", StringComparison.Ordinal) ? Task.CompletedTask : _done.Task;

    public static async Task<RawRequest?> ReadAsync(Socket connection)
    {
        var bytes = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = await connection.ReceiveAsync(buffer);
            if (count == 0)
            {
                return null;
            }

            bytes.AddRange(buffer.AsSpan(0, count));
            var text = Encoding.Latin1.GetString([.. bytes]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                return new RawRequest(connection, text[..end], [.. bytes.Skip(end + 4)]);
            }
        }
    }

    /// <summary>Reads one chunk of the body. Empty at the end of the body.</summary>
    public async Task<string> ReadChunkAsync()
    {
        var size = int.Parse(await ReadUntilAsync("\r\n"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return size == 0 ? "" : (await TakeAsync(size + 2))[..size];
    }

    /// <summary>Reads the trailers, up to the blank line.</summary>
    public async Task<string> ReadTrailersAsync()
    {
        var trailers = "";
        for (var line = await ReadUntilAsync("\r\n"); line.Length > 0; line = await ReadUntilAsync("\r\n"))
        {
            trailers += line + "\n";
        }

        return trailers;
    }

    /// <summary>Reads all chunks to the end of the body and joins them.</summary>
    public async Task<string> ReadChunksAsync()
    {
        var body = "";
        for (var chunk = await ReadChunkAsync(); chunk.Length > 0; chunk = await ReadChunkAsync())
        {
            body += chunk;
        }

        Assert.Equal("", await ReadTrailersAsync());
        return body;
    }

    /// <summary>Reads a body of the length that the head declares.</summary>
    public Task<string> ReadBodyAsync() =>
        TakeAsync(int.Parse(head.Split("Content-Length: ")[1].Split("\r\n")[0], CultureInfo.InvariantCulture));

    /// <summary>Accepts the request, as the Runtime API does. The connection stays open.</summary>
    public async Task AcceptAsync(string status = "202 Accepted")
    {
        Assert.Empty(_unread);
        await connection.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 16\r\n\r\n{{\"status\":\"OK\"}}\n"));
        _done.TrySetResult();
    }

    private async Task<string> ReadUntilAsync(string delimiter)
    {
        int end;
        while ((end = Encoding.Latin1.GetString(_unread).IndexOf(delimiter, StringComparison.Ordinal)) < 0)
        {
            await ReceiveMoreAsync();
        }

        var text = await TakeAsync(end + delimiter.Length);
        return text[..end];
    }

    private async Task<string> TakeAsync(int count)
    {
        while (_unread.Length < count)
        {
            await ReceiveMoreAsync();
        }

        var text = Encoding.Latin1.GetString(_unread, 0, count);
        _unread = _unread[count..];
        return text;
    }

    private async Task ReceiveMoreAsync()
    {
        var buffer = new byte[64 * 1024];
        using var limit = WaitLimit.Start();
        var count = await connection.ReceiveAsync(buffer, limit.Token);
        Assert.True(count > 0, "The function closed the connection.");
        _unread = [.. _unread, .. buffer.AsSpan(0, count)];
    }
}
