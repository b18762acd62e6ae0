using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// One kept HTTP/1.1 connection to the Runtime API, which speaks plain HTTP on this host. A raw socket and not
/// <see cref="HttpClient"/>, which cannot send trailers, and takes three sends where one does.
/// One request at a time; bytes may be sent while the answer is awaited.
/// </summary>
internal sealed class RuntimeApiConnection(EndPoint endPoint) : IDisposable
{
    private const int InitialLength = 8 * 1024;
    private const int MaximumHeadLength = 64 * 1024;

    // Lambda hands over at most 6 MB; a body of binary is longer by the third that base64 adds before that is measured.
    private const int MaximumLength = 12 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
    private int _length;
    private NetworkStream? _stream;

    /// <summary>
    /// Connects, unless a connection is there that the other side has not closed. On this host that takes no time to speak of, and waiting for
    /// it asynchronously would: the first request for work goes out before what polls sockets is started.
    /// </summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public void Connect()
    {
        // An idle connection has nothing to read: what can be read is its end.
        if (_stream is not null && !_stream.Socket.Poll(0, SelectMode.SelectRead))
        {
            return;
        }

        Close();
        var socket = endPoint is IPEndPoint { AddressFamily: var family }
            ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(endPoint);
            _stream = new NetworkStream(socket, ownsSocket: true);
            socket.Blocking = false; // A write that is tried at once says so where it does not fit.
        }
        finally
        {
            if (_stream is null)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Sends all of <paramref name="bytes"/>: in one write, unless the other side reads too slowly.</summary>
    /// <exception cref="IOException">There is no connection any more.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_stream is not { } stream)
        {
            throw new IOException("Not connected to the Runtime API.");
        }

        // A token fits nearly always. Then nobody needs to wait for it, and the code for that, cold after each pause between tokens,
        // stays out of their way.
        var sent = stream.Socket.Send(bytes.Span, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success when sent == bytes.Length => ValueTask.CompletedTask,
            SocketError.Success => stream.WriteAsync(bytes[sent..], cancellationToken),
            _ => stream.WriteAsync(bytes, cancellationToken),
        };
    }

    /// <summary>Reads one whole answer.</summary>
    /// <exception cref="IOException">The connection ended or the answer is no HTTP or too long; the connection is closed.</exception>
    public async ValueTask<RuntimeApiResponse> ReceiveAsync(CancellationToken cancellationToken)
    {
        var isWhole = false;
        try
        {
            _length = 0;
            var headLength = await ReadHeadAsync(cancellationToken);
            var head = new RuntimeApiResponse(_buffer.AsMemory(0, headLength), default);
            var bodyLength = await ReadBodyAsync(head, headLength, cancellationToken);
            var response = new RuntimeApiResponse(_buffer.AsMemory(0, headLength), _buffer.AsMemory(headLength, bodyLength));
            isWhole = !string.Equals(response.GetHeader("Connection"), "close", StringComparison.OrdinalIgnoreCase);
            return response;
        }
        finally
        {
            if (!isWhole)
            {
                Close();
            }
        }
    }

    /// <summary>Ends the connection; the next request makes a new one.</summary>
    public void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    public void Dispose()
    {
        Close();
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadHeadAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_length > MaximumHeadLength)
            {
                throw new IOException("The head of the Runtime API's answer is too long.");
            }

            await ReadMoreAsync(cancellationToken);
        }

        return end + 4;
    }

    private async ValueTask<int> ReadBodyAsync(RuntimeApiResponse head, int start, CancellationToken cancellationToken)
    {
        if (string.Equals(head.GetHeader("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadChunksAsync(start, cancellationToken);
        }

        var length = int.TryParse(head.GetHeader("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var declared) ? declared : 0;
        await ReadUntilAsync(start + length, cancellationToken);
        return length;
    }

    // chunk = size in hex [; extensions] CRLF data CRLF, the last of size 0 followed by trailers. Data moves down over the framing.
    private async ValueTask<int> ReadChunksAsync(int start, CancellationToken cancellationToken)
    {
        var end = start;
        var position = start;
        while (true)
        {
            var lineEnd = await ReadLineAsync(position, cancellationToken);
            var size = ParseChunkSize(_buffer.AsSpan(position, lineEnd - position));
            position = lineEnd + 2;
            if (size == 0)
            {
                break;
            }

            await ReadUntilAsync(position + size + 2, cancellationToken);
            _buffer.AsSpan(position, size).CopyTo(_buffer.AsSpan(end));
            end += size;
            position += size + 2;
        }

        for (var lineEnd = await ReadLineAsync(position, cancellationToken); lineEnd > position; lineEnd = await ReadLineAsync(position, cancellationToken))
        {
            position = lineEnd + 2;
        }

        return end - start;
    }

    private static int ParseChunkSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).Trim((byte)' ');
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size is >= 0 and < MaximumLength
            ? size
            : throw new IOException("The Runtime API's answer has a chunk without a size.");
    }

    private async ValueTask<int> ReadLineAsync(int position, CancellationToken cancellationToken)
    {
        int end;
        while ((end = _buffer.AsSpan(position, _length - position).IndexOf("\r\n"u8)) < 0)
        {
            await ReadMoreAsync(cancellationToken);
        }

        return position + end;
    }

    private async ValueTask ReadUntilAsync(int length, CancellationToken cancellationToken)
    {
        while (_length < length)
        {
            await ReadMoreAsync(cancellationToken);
        }
    }

    private async ValueTask ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (_length == _buffer.Length)
        {
            Grow();
        }

        var stream = _stream ?? throw new IOException("Not connected to the Runtime API.");
        var count = await stream.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
        if (count == 0)
        {
            throw new IOException("The Runtime API closed the connection.");
        }

        _length += count;
    }

    private void Grow()
    {
        if (_length >= MaximumLength)
        {
            throw new IOException("The Runtime API's answer is too long.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * _length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
