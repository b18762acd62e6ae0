using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>Forwards TCP connections to a server. A broken proxy closes its connections and each new one.</summary>
internal sealed class BreakableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile bool _isBroken;

    public BreakableProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Break()
    {
        _isBroken = true;
        CloseAll();
    }

    public void Repair() => _isBroken = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CloseAll();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            _sockets[client] = _sockets[server] = 0;
            try
            {
                if (!_isBroken)
                {
                    await server.ConnectAsync(_server.Host, _server.Port);
                    await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
                }
            }
            catch (SocketException)
            {
                // The server is gone.
            }

            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(server, out _);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private void CloseAll()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }
}
