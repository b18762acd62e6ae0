using System.Net;
using System.Net.Sockets;
using LambdaChat.Streaming;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// One persistent HTTP/1.1 connection to the Runtime API. It uses a socket, because <see cref="HttpClient"/> cannot send trailers and needs
/// three send calls for the first chunk. It handles one request at a time. Bytes can be sent while the response is awaited.
/// </summary>
internal sealed class RuntimeApiConnection(EndPoint endPoint) : IDisposable
{
    private const int InitialLength = 8 * 1024;
    private const int MaximumKeptLength = 1024 * 1024;
    private const string NotConnected = "Not connected to the Runtime API.";
    private const string GivenUp = "The response was given up.";

    private readonly ResponseParser _parser = new();
    private readonly ByteBuffer _buffer = new(InitialLength, isPooled: true);
    private NetworkStream? _stream;
    private volatile bool _isGivenUp;

    /// <summary>True after <see cref="GiveUp"/>. Another connection is needed.</summary>
    public bool IsGivenUp => _isGivenUp;

    /// <summary>
    /// Connects, unless the connection is still open. The call is synchronous: a local connect takes microseconds, and an asynchronous one
    /// would first start the socket polling thread, which delays the first poll.
    /// </summary>
    /// <exception cref="SocketException">The Runtime API refuses the connection.</exception>
    /// <exception cref="IOException">The connection was given up.</exception>
    public void Connect()
    {
        ThrowIfGivenUp();
        if (_stream is { } idle && IsOpen(idle.Socket))
        {
            return;
        }

        Close();
        var socket = endPoint is IPEndPoint { AddressFamily: var family }
            ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream? stream = null;
        try
        {
            socket.Connect(endPoint);
            stream = new NetworkStream(socket, ownsSocket: true);
            socket.Blocking = false; // Send returns at once if the send buffer is full.
        }
        finally
        {
            if (stream is null)
            {
                socket.Dispose();
            }
        }

        _stream = stream; // From now on, another thread can close it.
        ThrowIfGivenUp();
    }

    /// <summary>Sends all <paramref name="bytes"/>, in one system call unless the send buffer is full.</summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_stream is not { } stream)
        {
            throw new IOException(NotConnected);
        }

        try
        {
            // A token nearly always fits into the send buffer. The asynchronous path, whose code leaves the CPU cache between tokens,
            // is not needed then.
            var sent = stream.Socket.Send(bytes.Span, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success when sent == bytes.Length => ValueTask.CompletedTask,
                SocketError.Success => stream.WriteAsync(bytes[sent..], cancellationToken),
                _ => stream.WriteAsync(bytes, cancellationToken),
            };
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException(NotConnected, exception);
        }
    }

    /// <summary>Reads one complete response. It is valid until the next use of the connection.</summary>
    /// <exception cref="IOException">The connection ended, or the response is not valid HTTP or too long. The connection is
    /// closed.</exception>
    public async ValueTask<RuntimeApiResponse> ReceiveAsync(CancellationToken cancellationToken)
    {
        var isReusable = false;
        try
        {
            if (_buffer.Capacity > MaximumKeptLength)
            {
                _buffer.Return(); // After a large event, the process needs its memory for the reply to the next one.
            }

            _buffer.Clear();
            _parser.Reset();
            RuntimeApiResponse? response;
            while (!_parser.TryParse(_buffer.Memory, out response))
            {
                await ReadMoreAsync(cancellationToken);
            }

            isReusable = !string.Equals(response!.GetHeader("Connection"), "close", StringComparison.OrdinalIgnoreCase);
            return response;
        }
        finally
        {
            if (!isReusable)
            {
                Close();
            }
        }
    }

    /// <summary>Closes the connection, also while another thread sends or receives. <see cref="Connect"/> opens a new one.</summary>
    public void Close() => Interlocked.Exchange(ref _stream, null)?.Dispose();

    /// <summary>
    /// Closes the connection for good. A write or read that still has to end fails then, and cannot reach a later connection.
    /// </summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        Close();
    }

    public void Dispose()
    {
        Close();
        _buffer.Return();
    }

    // Another thread can give up the connection meanwhile.
    private void ThrowIfGivenUp()
    {
        if (_isGivenUp)
        {
            Close();
            throw new IOException(GivenUp);
        }
    }

    // An idle connection receives no bytes. If it is readable, the Runtime API has closed it.
    private static bool IsOpen(Socket socket)
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectRead);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async ValueTask ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (_buffer.Length >= ResponseParser.MaximumLength)
        {
            throw new IOException("The Runtime API's response is longer than 12 MiB.");
        }

        var stream = _stream ?? throw new IOException(NotConnected);
        var count = await ReadAsync(stream, _buffer.GetMemory(1), cancellationToken);
        if (count == 0)
        {
            throw new IOException("The Runtime API closed the connection.");
        }

        _buffer.Advance(count);
    }

    private static async ValueTask<int> ReadAsync(NetworkStream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException(NotConnected, exception);
        }
    }
}
