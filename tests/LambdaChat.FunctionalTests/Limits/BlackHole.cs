using System.Net;
using System.Net.Sockets;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>A server that accepts connections and never answers, or refuses them, like an unreachable table.</summary>
internal sealed class BlackHole : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="isRefusing">True to refuse connections. The port stays bound, so no other server gets it.</param>
    public BlackHole(bool isRefusing = false)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (!isRefusing)
        {
            _socket.Listen();
        }
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");

    public void Dispose() => _socket.Dispose();
}
