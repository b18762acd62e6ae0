using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;

namespace LambdaChat.Relay;

/// <summary>
/// Keeps the chunks of a reply until the first flush. Up to then the reply can still be given by another target, or fail with its own HTTP
/// status.
/// </summary>
internal sealed class PendingChunks(IChunkOutput output) : IChunkOutput
{
    private RecordList? _chunks = new();

    /// <summary>True once chunks may have reached the client.</summary>
    public bool IsReleased => _chunks is null;

    /// <summary>The bytes that wait, at most one read's and one record's.</summary>
    public int Length => _chunks?.Bytes.Length ?? 0;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (_chunks is null)
        {
            return output.Write(chunk);
        }

        _chunks.Add(chunk);
        return true;
    }

    /// <summary>Writes the chunks that wait, and every later one at once.</summary>
    public void Release()
    {
        if (_chunks is not { } chunks)
        {
            return;
        }

        _chunks = null;
        for (var i = 0; i < chunks.Count; i++)
        {
            output.Write(chunks[i]);
        }
    }

    /// <summary>Forgets the chunks that wait.</summary>
    public void Clear() => _chunks?.Clear();
}
