using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LambdaChat.Rehearsal;

/// <summary>
/// A Runtime API on a loopback port that hands out events and receives the responses. It blocks one thread, because code for asynchronous
/// sockets that only the rehearsal uses would lengthen the init phase.
/// </summary>
internal sealed class RehearsalRuntimeApi : IDisposable
{
    private static readonly byte[] Accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IEnumerable<byte[]> _events;
    private readonly Action<string>? _receive;
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <param name="events">The events, one after the other. They are enumerated on the blocked thread.</param>
    /// <param name="receive">Receives each response, as it is on the wire.</param>
    public RehearsalRuntimeApi(IEnumerable<byte[]> events, Action<string>? receive)
    {
        _events = events;
        _receive = receive;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
    }

    public string Address { get; }

    /// <summary>Ends after the response to the last event.</summary>
    public Task ServeAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Serve(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(cancellationToken);

    public void Dispose() => _listener.Dispose();

    // The loop opens the connection for polls first and the one for responses at once after its first poll.
    private void Serve(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(static listener => ((Socket)listener!).Dispose(), _listener);
        using var polls = _listener.Accept();
        using var stopPolls = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), polls);
        Receive(polls, "\r\n\r\n"u8);
        using var responses = _listener.Accept();
        using var stopResponses = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), responses);
        foreach (var item in _events)
        {
            polls.Send((byte[])[.. Head(item.Length), .. item, .. "\r\n0\r\n\r\n"u8]); // Two calls would wait for an acknowledgement.
            var length = Receive(responses, "\r\n0\r\n\r\n"u8);
            _receive?.Invoke(Encoding.UTF8.GetString(_buffer, 0, length));
            responses.Send(Accepted);
            Receive(polls, "\r\n\r\n"u8);
        }
    }

    private static long Deadline => TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds();

    private static byte[] Head(int length) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: rehearsal\r\n" +
        $"Lambda-Runtime-Deadline-Ms: {Deadline}\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n");

    private int Receive(Socket socket, ReadOnlySpan<byte> end)
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

        return length;
    }
}
