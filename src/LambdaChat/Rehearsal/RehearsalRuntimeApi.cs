using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LambdaChat.Rehearsal;

/// <summary>
/// A Runtime API on a loopback port that hands out a list of events and collects the responses. It blocks one thread, because code for
/// asynchronous sockets that only the rehearsal uses would lengthen the init phase.
/// </summary>
internal sealed class RehearsalRuntimeApi : IDisposable
{
    private static readonly byte[] Accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IReadOnlyList<byte[]> _events;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public RehearsalRuntimeApi(IReadOnlyList<byte[]> events)
    {
        _events = events;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
    }

    public string Address { get; }

    /// <summary>Returns the responses to all events, as they are on the wire.</summary>
    public Task<List<string>> ServeAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Serve(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(cancellationToken);

    public void Dispose() => _listener.Dispose();

    // The loop opens the connection for polls first and the one for responses at once after its first poll.
    private List<string> Serve(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(static listener => ((Socket)listener!).Dispose(), _listener);
        using var polls = _listener.Accept();
        using var stopPolls = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), polls);
        Receive(polls, "\r\n\r\n"u8);
        using var responses = _listener.Accept();
        using var stopResponses = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), responses);
        var received = new List<string>();
        for (var i = 0; i < _events.Count; i++)
        {
            polls.Send((byte[])[.. Head(i, _events[i].Length), .. _events[i]]); // Two calls would wait for an acknowledgement.
            received.Add(Receive(responses, "\r\n0\r\n\r\n"u8));
            responses.Send(Accepted);
            Receive(polls, "\r\n\r\n"u8);
        }

        return received;
    }

    private static byte[] Head(int index, int length) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
        $"Lambda-Runtime-Aws-Request-Id: rehearsal-{index}\r\nContent-Length: {length}\r\n\r\n");

    private string Receive(Socket socket, ReadOnlySpan<byte> end)
    {
        var length = 0;
        while (!_buffer.AsSpan(0, length).EndsWith(end))
        {
            var count = socket.Receive(_buffer.AsSpan(length));
            if (count == 0)
            {
                throw new IOException("The rehearsal has ended.");
            }

            length += count;
        }

        return Encoding.UTF8.GetString(_buffer, 0, length);
    }
}
