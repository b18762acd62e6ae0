using System.Buffers.Binary;
using System.IO.Hashing;

namespace LambdaChat.Streaming.EventStream;

/// <summary>
/// Finds complete messages in the bytes of an <c>application/vnd.amazon.eventstream</c> body, which may be split anywhere.
/// The caller reads into <see cref="GetMemory"/>, reports the number of bytes with <see cref="Advance"/>, and calls
/// <see cref="TryRead"/> until it returns false. Only the start of an incomplete message is copied. Not thread-safe.
/// Format: https://smithy.io/2.0/aws/amazon-eventstream.html
/// </summary>
/// <remarks>
/// <code>
/// 0            4               8             12          12 + headers          total - 4     total
/// | total u32  | headers u32   | prelude CRC | headers … | payload …           | message CRC |
/// </code>
/// All integers are big-endian; both checksums are CRC-32 (IEEE 802.3).
/// </remarks>
public sealed class EventStreamDecoder : IDisposable
{
    /// <summary>The largest message of the format, in bytes.</summary>
    public const int MaximumMessageLength = 24 * 1024 * 1024;

    /// <summary>The default cap in bytes. Payload parts are at most some tens of KiB.</summary>
    public const int DefaultMessageLengthCap = 1024 * 1024;

    private const int PreludeLength = 12;
    private const int ChecksumLength = 4;
    private const int MinimumMessageLength = PreludeLength + ChecksumLength;
    private const int MaximumHeadersLength = 128 * 1024;
#if DEBUG
    private const int InitialLength = 16; // Small in debug builds, so that every run grows and shifts the buffer.
    private const int MinimumRead = 1;
    private const int FullLength = 64;
#else
    private const int InitialLength = 4 * 1024; // A token has less than 1 KiB, and each of many streams has a buffer.
    private const int MinimumRead = 1024;
    private const int FullLength = 16 * 1024; // For a stream that fills its buffer.
#endif

    private readonly int _messageLengthCap;
    private readonly ByteBuffer _buffer = new(InitialLength, isPooled: true);
    private int _start; // The offset of the first unread byte.
    private int _messageLength; // The length of the message at _start after its prelude was verified, else 0.
    private int _headersLength;
    private bool _isFull; // The last read filled the buffer, so more bytes wait.
    private readonly ByteBuffer _lastHeaders = new(256, MaximumHeadersLength, isPooled: true);
    private EventStreamMessageType _lastType;

    /// <summary>Makes a decoder that refuses messages of more than <paramref name="messageLengthCap"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The cap is not within 16 bytes and 24 MiB.</exception>
    public EventStreamDecoder(int messageLengthCap = DefaultMessageLengthCap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageLengthCap, MinimumMessageLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageLengthCap, MaximumMessageLength);
        _messageLengthCap = messageLengthCap;
    }

    /// <summary>True between the first and the last byte of a message: the end of input here is a truncation.</summary>
    public bool IsMidMessage => _buffer.Length > _start;

    /// <summary>Bytes of buffer held.</summary>
    public int BufferLength => _buffer.Capacity;

    /// <summary>
    /// Returns the buffer to the pool after all its messages were taken, which are then no longer valid. False if the last read filled
    /// the buffer: more bytes are probably available.
    /// </summary>
    public bool TryRelease()
    {
        if (!_isFull && _start == _buffer.Length)
        {
            _buffer.Return();
            _start = 0;
        }

        return !_isFull;
    }

    /// <summary>Room for the next read, never empty. Messages taken before are no longer valid.</summary>
    public Memory<byte> GetMemory()
    {
        if (_start == _buffer.Length)
        {
            _buffer.Clear();
            _start = 0;
        }
        else if (_start > 0 && _buffer.Capacity - _buffer.Length < MinimumRead)
        {
            _buffer.RemoveFront(_start);
            _start = 0;
        }

        // The buffer grows with the received bytes, never to a declared length.
        return _buffer.GetMemory(_isFull && _buffer.Capacity < FullLength ? _buffer.Capacity + 1 : MinimumRead);
    }

    /// <summary>Reports that <paramref name="count"/> bytes were written to the memory of the last <see cref="GetMemory"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or larger than that memory.</exception>
    public void Advance(int count)
    {
        _isFull = count == _buffer.Capacity - _buffer.Length;
        _buffer.Advance(count);
    }

    /// <summary>Takes the next complete message; false if more bytes are needed.</summary>
    /// <exception cref="EventStreamException">The stream is corrupt. Further calls throw the same exception.</exception>
    public bool TryRead(out EventStreamMessage message)
    {
        message = default;
        var available = _buffer.Span[_start..];
        if (available.Length < PreludeLength)
        {
            return false;
        }

        if (_messageLength == 0)
        {
            ReadPrelude(available);
        }

        if (available.Length < _messageLength)
        {
            return false;
        }

        message = ReadMessage(available[.._messageLength]);
        _start += _messageLength;
        _messageLength = 0;
        return true;
    }

    /// <summary>Returns the buffer to the pool. Messages are no longer valid.</summary>
    public void Dispose()
    {
        _buffer.Return();
        _lastHeaders.Return();
        _start = 0;
    }

    private void ReadPrelude(ReadOnlySpan<byte> available)
    {
        // No length is used before its checksum is verified.
        if (Crc32.HashToUInt32(available[..8]) != BinaryPrimitives.ReadUInt32BigEndian(available[8..]))
        {
            throw new EventStreamException(EventStreamError.PreludeChecksumMismatch, "The prelude checksum of a message does not match.");
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(available);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(available[4..]);
        if (total < MinimumMessageLength)
        {
            throw new EventStreamException(EventStreamError.LengthTooSmall,
                $"A message declares {total} bytes, fewer than the minimum of {MinimumMessageLength}.");
        }

        if (total > _messageLengthCap)
        {
            throw new EventStreamException(EventStreamError.LengthTooLarge,
                $"A message of {total} bytes is above the cap of {_messageLengthCap}.");
        }

        if (headers > MaximumHeadersLength || headers > total - MinimumMessageLength)
        {
            throw new EventStreamException(EventStreamError.HeadersLengthInvalid,
                $"A message of {total} bytes cannot have {headers} bytes of headers.");
        }

        _headersLength = (int)headers;
        _messageLength = (int)total;
    }

    private EventStreamMessage ReadMessage(ReadOnlySpan<byte> bytes)
    {
        if (Crc32.HashToUInt32(bytes[..^ChecksumLength]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[^ChecksumLength..]))
        {
            throw new EventStreamException(EventStreamError.MessageChecksumMismatch, "The checksum of a message does not match.");
        }

        var headers = bytes.Slice(PreludeLength, _headersLength);
        if (!headers.SequenceEqual(_lastHeaders.Span))
        {
            _lastType = CheckHeaders(headers);
            _lastHeaders.Clear();
            _lastHeaders.TryAppend(headers);
        }

        return new EventStreamMessage(_lastType, headers, bytes[(PreludeLength + _headersLength)..^ChecksumLength]);
    }

    private static EventStreamMessageType CheckHeaders(ReadOnlySpan<byte> headers)
    {
        var type = EventStreamMessageType.Unknown;
        var reader = new EventStreamHeaderReader(headers);
        while (reader.TryRead(out var header))
        {
            if (header.IsString(":message-type"u8))
            {
                type = ReadType(header.Value);
            }
        }

        return type;
    }

    private static EventStreamMessageType ReadType(ReadOnlySpan<byte> value) => value switch
    {
        _ when value.SequenceEqual("event"u8) => EventStreamMessageType.Event,
        _ when value.SequenceEqual("exception"u8) => EventStreamMessageType.Exception,
        _ when value.SequenceEqual("error"u8) => EventStreamMessageType.Error,
        _ => EventStreamMessageType.Unknown,
    };
}
