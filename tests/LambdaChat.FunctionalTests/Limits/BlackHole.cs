using System.Net;
using System.Net.Sockets;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>A server that accepts connections and never answers, like an unreachable table.</summary>
internal sealed class BlackHole : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public BlackHole() => _listener.Start();

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Ends it: from then on connections are refused.</summary>
    public void Dispose() => _listener.Dispose();
}
