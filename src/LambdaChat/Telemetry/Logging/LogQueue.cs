using System.Buffers;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Writes log lines to a stream on a thread of its own, so that no request waits for the stream. A write to standard output blocks while
/// its reader is busy: Docker's log driver awslogs, for example, waits for CloudWatch. If the queue is full, lines are dropped and counted.
/// Thread-safe.
/// </summary>
internal sealed partial class LogQueue : Stream
{
    private const int Capacity = 1024 * 1024; // Bytes that wait.

    private readonly object _lock = new();
    private readonly Stream _stream;
    private readonly TimeSpan _endTimeout;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private ArrayBufferWriter<byte> _waiting = new();
    private ArrayBufferWriter<byte> _writing = new();
    private int _dropped;
    private bool _isEnding;

    /// <param name="stream">Disposed with this.</param>
    /// <param name="endTimeout">How long <see cref="Stream.Dispose()"/> waits until the lines are written.</param>
    public LogQueue(Stream stream, TimeSpan endTimeout)
    {
        (_stream, _endTimeout) = (stream, endTimeout);
        _logger = new LineLogger(nameof(LambdaChat), LogLevel.Information, new LogOutput(stream), TimeProvider.System);
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.UnsafeStart();
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Adds one line. Never waits.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            if (_waiting.WrittenCount + buffer.Length > Capacity)
            {
                _dropped++;
                return;
            }

            _waiting.Write(buffer);
            Monitor.Pulse(_lock);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: the thread flushes.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _isEnding = true;
                Monitor.Pulse(_lock);
            }

            _thread.Join(_endTimeout);
        }

        base.Dispose(disposing);
    }

    private void Run()
    {
        while (TryTake(out var dropped))
        {
            try
            {
                _stream.Write(_writing.WrittenSpan);
                _stream.Flush();
                if (dropped > 0)
                {
                    LinesDropped(dropped);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Nobody can read these lines.
            }
        }

        _stream.Dispose();
    }

    // Waits for lines. False after the last ones.
    private bool TryTake(out int dropped)
    {
        lock (_lock)
        {
            while (_waiting.WrittenCount == 0 && !_isEnding)
            {
                Monitor.Wait(_lock);
            }

            _writing.ResetWrittenCount();
            (_waiting, _writing) = (_writing, _waiting);
            (dropped, _dropped) = (_dropped, 0);
            return _writing.WrittenCount > 0;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Lines} log lines were dropped, because standard output was not read.")]
    private partial void LinesDropped(int lines);
}
