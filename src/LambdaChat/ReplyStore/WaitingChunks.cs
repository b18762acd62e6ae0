using LambdaChat.Streaming;

namespace LambdaChat.ReplyStore;

/// <summary>The chunks of a reply that wait for the store. One thread adds them, and another takes them.</summary>
internal sealed class WaitingChunks
{
    private readonly ChunkEncoder _encoder = new();
    private readonly Lock _lock = new();
    private ByteBuffer _waiting = new(1024, isPooled: true);
    private ByteBuffer _taken = new(1024, isPooled: true);

    /// <summary>Adds a chunk, and returns the number of bytes that wait.</summary>
    public int Add(ReadOnlySpan<byte> chunk)
    {
        lock (_lock)
        {
            _encoder.Write(chunk, _waiting);
            return _waiting.Length;
        }
    }

    /// <summary>Takes all chunks. They are valid until the next call.</summary>
    public ByteBuffer Take()
    {
        lock (_lock)
        {
            (_waiting, _taken) = (_taken, _waiting);
            _waiting.Clear();
            return _taken;
        }
    }

    /// <summary>Forgets all chunks, and returns the memory to the pool.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _waiting.Return();
            _taken.Return();
        }
    }
}
