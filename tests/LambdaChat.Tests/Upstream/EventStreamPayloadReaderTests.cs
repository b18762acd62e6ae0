using System.Threading.Tasks.Sources;
using LambdaChat.Tests.Streaming.EventStream;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Upstream;

public sealed class EventStreamPayloadReaderTests
{
    // Also the small buffers of debug builds are not full after it.
    private static readonly byte[] Frame = Frames.Part("data: {}\n\n");

    [Fact]
    public void ReadAsync_NothingHasArrived_WaitsWithoutABuffer()
    {
        var body = new PacedBody();
        using var reader = new EventStreamPayloadReader(body);
        var read = reader.ReadAsync(CancellationToken.None);
        var first = body.Room;

        var parts = TakeAll(reader, ref read, body, Frame);

        Assert.Equal(0, first);
        Assert.Equal(1, parts);
        Assert.Equal(0, body.Room);
    }

    [Fact]
    public async Task ReadAsync_TheLastReadFilledItsBuffer_DoesNotWaitFirst()
    {
        var body = new PacedBody();
        using var reader = new EventStreamPayloadReader(body);
        var read = reader.ReadAsync(CancellationToken.None).AsTask();
        body.Arrive(new byte[1 << 20]);
        var isRead = await read;
        body.Forget();

        var next = reader.ReadAsync(CancellationToken.None).AsTask();

        Assert.True(isRead);
        Assert.False(next.IsCompleted);
        Assert.True(body.Room > 0);
    }

    // Completes a read that waits, and reads until one waits again.
    private static int TakeAll(EventStreamPayloadReader reader, ref ValueTask<bool> read, PacedBody body, byte[] bytes)
    {
        var parts = 0;
        body.Arrive(bytes);
        while (read.IsCompletedSuccessfully && read.GetAwaiter().GetResult())
        {
            while (reader.TryRead(out _))
            {
                parts++;
            }

            read = reader.ReadAsync(CancellationToken.None);
        }

        return parts;
    }

    /// <summary>A body that waits as one of HTTP does: also an empty read completes only when bytes have arrived.</summary>
    private sealed class PacedBody : MemoryStream, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _source;
        private Memory<byte> _buffer;
        private ReadOnlyMemory<byte> _arrived;

        /// <summary>The length of the buffer of the last read that had to wait.</summary>
        public int Room { get; private set; } = -1;

        public void Arrive(byte[] bytes)
        {
            _arrived = bytes;
            _source.SetResult(Take(_buffer.Span));
        }

        public void Forget() => _arrived = default;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_arrived.Length > 0)
            {
                return ValueTask.FromResult(Take(buffer.Span));
            }

            _source.Reset();
            (_buffer, Room) = (buffer, buffer.Length);
            return new ValueTask<int>(this, _source.Version);
        }

        public int GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        private int Take(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _arrived.Length);
            _arrived.Span[..count].CopyTo(buffer);
            _arrived = _arrived[count..];
            return count;
        }
    }
}
