using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// One persistent HTTP/1.1 connection to the Runtime API. It uses a socket, because <see cref="HttpClient"/> cannot send trailers and needs
/// three send calls for the first chunk. It handles one request at a time. Bytes can be sent while the response is awaited.
/// </summary>
internal sealed class RuntimeApiConnection(EndPoint endPoint) : IDisposable
{
    private const int InitialLength = 8 * 1024;
    private const int MaximumHeadLength = 64 * 1024;

    // A request has at most 6 MB. Base64 adds a third to a binary body, and JSON escapes more to a text.
    private const int MaximumLength = 12 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
    private int _length;
    private NetworkStream? _stream;

    /// <summary>
    /// Connects, unless the connection is still open. The call is synchronous: a local connect takes microseconds, and an asynchronous one
    /// would first start the socket polling thread, which delays the first poll.
    /// </summary>
    /// <exception cref="SocketException">The Runtime API refuses the connection.</exception>
    public void Connect()
    {
        // An idle connection receives no bytes. If it is readable, the Runtime API has closed it.
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
            socket.Blocking = false; // Send returns at once if the send buffer is full.
        }
        finally
        {
            if (_stream is null)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Sends all <paramref name="bytes"/>, in one system call unless the send buffer is full.</summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_stream is not { } stream)
        {
            throw new IOException("Not connected to the Runtime API.");
        }

        // A token nearly always fits into the send buffer. The asynchronous path, whose code leaves the CPU cache between tokens, is not
        // needed then.
        var sent = stream.Socket.Send(bytes.Span, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success when sent == bytes.Length => ValueTask.CompletedTask,
            SocketError.Success => stream.WriteAsync(bytes[sent..], cancellationToken),
            _ => stream.WriteAsync(bytes, cancellationToken),
        };
    }

    /// <summary>Reads one complete response. It is valid until the next use of the connection.</summary>
    /// <exception cref="IOException">The connection ended, or the response is not valid HTTP or too long. The connection is
    /// closed.</exception>
    public async ValueTask<RuntimeApiResponse> ReceiveAsync(CancellationToken cancellationToken)
    {
        var isReusable = false;
        try
        {
            _length = 0;
            var headLength = await ReadHeadAsync(cancellationToken);
            var head = new RuntimeApiResponse(_buffer.AsMemory(0, headLength), default);
            var bodyLength = await ReadBodyAsync(head, headLength, cancellationToken);
            var response = new RuntimeApiResponse(_buffer.AsMemory(0, headLength), _buffer.AsMemory(headLength, bodyLength));
            isReusable = !string.Equals(response.GetHeader("Connection"), "close", StringComparison.OrdinalIgnoreCase);
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

    /// <summary>Closes the connection. <see cref="Connect"/> opens a new one.</summary>
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
                throw new IOException("The head of the Runtime API's response is longer than 64 KiB.");
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

        _ = int.TryParse(head.GetHeader("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length);
        await ReadUntilAsync(start + length, cancellationToken);
        return length;
    }

    // Each chunk is: size in hex [; extensions] CRLF data CRLF. The last chunk has size 0; trailers follow. The data overwrites the
    // framing.
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

        await SkipTrailersAsync(position, cancellationToken);
        return end - start;
    }

    private async ValueTask SkipTrailersAsync(int position, CancellationToken cancellationToken)
    {
        for (int lineEnd; (lineEnd = await ReadLineAsync(position, cancellationToken)) > position; position = lineEnd + 2)
        {
        }
    }

    private static int ParseChunkSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).Trim((byte)' ');
        var isNumber = int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size);
        return isNumber && size is >= 0 and < MaximumLength
            ? size
            : throw new IOException("The Runtime API's response has an invalid chunk size.");
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
            throw new IOException("The Runtime API's response is longer than 12 MiB.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * _length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
