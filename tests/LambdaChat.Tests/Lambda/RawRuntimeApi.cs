using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using LambdaChat.Hosting;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Lambda;

/// <summary>A scripted Runtime API on a raw socket. A test sees each byte and the time at which it arrives.</summary>
internal sealed class RawRuntimeApi : IDisposable
{
    private readonly ReservedPort _port;
    private readonly TcpListener _listener;
    private readonly Channel<RawRequest> _requests = Channel.CreateUnbounded<RawRequest>();
    private readonly ConcurrentQueue<Socket> _connections = new();

    public RawRuntimeApi(IPAddress? address = null)
    {
        _port = new ReservedPort(address ?? IPAddress.Loopback);
        _listener = _port.Listen();
        _ = AcceptAsync();
    }

    public int Port => _port.Address.Port;

    /// <summary>The number of connections that the function has opened.</summary>
    public int ConnectionCount { get; private set; }

    public LambdaEnvironment Environment(bool isSamLocal = false, int maxConcurrency = 1) =>
        new($"127.0.0.1:{Port}", isSamLocal, maxConcurrency);

    /// <summary>The next request of the function. Its body is not read yet.</summary>
    public async ValueTask<RawRequest> ReceiveAsync()
    {
        using var limit = WaitLimit.Start();
        return await _requests.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Waits for the next poll and responds with an event.</summary>
    public async Task GiveAsync(string json, string id = "id-1", DateTimeOffset? deadline = null, bool isChunked = false)
    {
        var headers = deadline is null ? "" : $"lambda-runtime-deadline-ms: {deadline.Value.ToUnixTimeMilliseconds()}\r\n";
        await GiveAsync(await ReceivePollAsync(), json, id, headers, isChunked);
    }

    /// <summary>Responds to a poll with an event. Each of the headers ends with CRLF.</summary>
    public static async Task GiveAsync(RawRequest poll, string json, string id, string headers = "", bool isChunked = false)
    {
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {id}\r\n{headers}";
        var body = Encoding.UTF8.GetBytes(json);
        byte[] response = isChunked
            ? [.. Encoding.ASCII.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\n"), .. Chunked(body)]
            : [.. Encoding.ASCII.GetBytes($"{head}Content-Length: {body.Length}\r\n\r\n"), .. body];
        await poll.Connection.SendAsync(response);
    }

    /// <summary>The next request, which must be a poll.</summary>
    public async Task<RawRequest> ReceivePollAsync()
    {
        var request = await ReceiveAsync();
        Assert.Equal("GET /2018-06-01/runtime/invocation/next HTTP/1.1", request.Line);
        return request;
    }

    /// <summary>Resets all connections. New connections are still accepted.</summary>
    public void ResetConnections() => ResetConnections(kept: null);

    /// <summary>Resets the other connections, and refuses new ones.</summary>
    public void KeepOnly(Socket connection)
    {
        _listener.Dispose();
        ResetConnections(connection);
    }

    /// <summary>Resets all connections, and refuses new ones.</summary>
    public void Refuse()
    {
        _listener.Dispose();
        ResetConnections();
    }

    public void Dispose()
    {
        Refuse();
        _port.Dispose();
    }

    private void ResetConnections(Socket? kept)
    {
        while (_connections.TryDequeue(out var connection))
        {
            if (connection != kept)
            {
                connection.LingerState = new LingerOption(enable: true, seconds: 0);
                connection.Dispose();
            }
        }
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
                _connections.Enqueue(connection);
                ConnectionCount++;
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
