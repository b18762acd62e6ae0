using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LambdaChat.Upstream;

/// <summary>Creates the connections to SageMaker.</summary>
internal static class UpstreamConnections
{
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    // So that a busy process follows changes of the DNS entry.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Creates a client with its own connection pool.</summary>
    public static HttpMessageInvoker CreateHttp() => new(CreateHandler());

    /// <summary>Creates a connection pool with the settings of all calls.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        ResponseDrainTimeout = TimeSpan.Zero, // A call that the function ends closes its connection at once.
        ConnectCallback = ConnectAsync,
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = HintEncoding.Select,
        ActivityHeadersPropagator = null, // SageMaker removes headers that it does not document.
    };

    /// <summary>Detects a dead peer within 45 s, in a silence and while sent data is not acknowledged.</summary>
    public static void SetKeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        if (OperatingSystem.IsLinux())
        {
            // Without it, a request that a dead peer does not acknowledge is sent again for 15 minutes: no probes are sent meanwhile.
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, MemoryMarshal.AsBytes<int>([45_000]));
        }
    }

    // TCP keep-alive ends a connection whose peer is gone without a reset, such as one that a NAT gateway dropped after 350 idle seconds.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            SetKeepAlive(socket);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
