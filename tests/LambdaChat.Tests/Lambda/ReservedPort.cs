using System.Net;
using System.Net.Sockets;

namespace LambdaChat.Tests.Lambda;

/// <summary>
/// A free port that stays bound. While nothing listens on it, it refuses connections, and no other socket of the machine can get it.
/// </summary>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket _socket;

    public ReservedPort(IPAddress address)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Share(_socket);
        _socket.Bind(new IPEndPoint(address, 0));
    }

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    public TcpListener Listen()
    {
        var listener = new TcpListener(Address);
        Share(listener.Server);
        listener.Start();
        return listener;
    }

    public void Dispose() => _socket.Dispose();

    private static void Share(Socket socket) => socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
}
