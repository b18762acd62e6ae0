using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using LambdaChat.Hosting;

namespace LambdaChat.Tests.Lambda;

/// <summary>A scripted Runtime API on a raw socket. A test sees each byte and the time at which it arrives.</summary>
internal sealed class RawRuntimeApi : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Channel<RawRequest> _requests = Channel.CreateUnbounded<RawRequest>();
    private readonly ConcurrentQueue<Socket> _connections = new();

    public RawRuntimeApi(IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of connections that the function has opened.</summary>
    public int ConnectionCount { get; private set; }

    public LambdaEnvironment Environment(bool isSamLocal = false, int maxConcurrency = 1) =>
        new($"127.0.0.1:{Port}", isSamLocal, maxConcurrency);

    /// <summary>The next request of the function. Its body is not read yet.</summary>
    public ValueTask<RawRequest> ReceiveAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits for the next poll and responds with an event.</summary>
    public async Task GiveAsync(string json, string id = "id-1", DateTimeOffset? deadline = null, bool isChunked = false)
    {
        var request = await ReceiveAsync();
        Assert.Equal("GET /2018-06-01/runtime/invocation/next HTTP/1.1", request.Line);
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {id}\r\n";
        if (deadline is not null)
        {
            head += $"lambda-runtime-deadline-ms: {deadline.Value.ToUnixTimeMilliseconds()}\r\n";
        }

        var body = Encoding.UTF8.GetBytes(json);
        byte[] response = isChunked
            ? [.. Encoding.ASCII.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\n"), .. Chunked(body)]
            : [.. Encoding.ASCII.GetBytes($"{head}Content-Length: {body.Length}\r\n\r\n"), .. body];
        await request.Connection.SendAsync(response);
    }

    /// <summary>Resets all connections. New connections are still accepted.</summary>
    public void ResetConnections()
    {
        while (_connections.TryDequeue(out var connection))
        {
            connection.LingerState = new LingerOption(enable: true, seconds: 0);
            connection.Dispose();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        ResetConnections();
    }

    private static IEnumerable<byte> Chunked(byte[] body)
    {
        foreach (var chunk in body.Chunk(1000))
        {
            foreach (var b in (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:X};ext=1\r\n"), .. chunk, .. "\r\n"u8])
            {
                yield return b;
            }
        }

        foreach (var b in "0\r\nSome-Trailer: x\r\n\r\n"u8.ToArray())
        {
            yield return b;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptSocketAsync();
                ConnectionCount++;
                _connections.Enqueue(connection);
                _ = ReadRequestsAsync(connection);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was closed.
        }
    }

    private async Task ReadRequestsAsync(Socket connection)
    {
        try
        {
            while (await RawRequest.ReadAsync(connection) is { } request)
            {
                _requests.Writer.TryWrite(request);
                await request.Done;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection was closed.
        }
    }
}

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
    public async Task AcceptAsync()
    {
        Assert.Empty(_unread);
        await connection.SendAsync("HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"u8.ToArray());
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
        var count = await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(count > 0, "The function closed the connection.");
        _unread = [.. _unread, .. buffer.AsSpan(0, count)];
    }
}
