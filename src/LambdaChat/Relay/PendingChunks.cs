using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;

namespace LambdaChat.Relay;

/// <summary>
/// Keeps the chunks of a reply until the first flush. Until then, another target can still give the reply, or it can fail with its own HTTP
/// status. After the first flush, chunks wait here only if enough bytes for a flush are already written: one document can become many
/// chunks.
/// </summary>
internal sealed class PendingChunks(IReplyWriter writer, ReplyMeasurements measurements) : IChunkOutput
{
    /// <summary>Bytes that are written before a flush.</summary>
    public const int MaximumUnflushed = 64 * 1024;

    private readonly RecordList _chunks = new();
    private int _written; // The number of chunks in the list that were written.
    private bool _isWanted = true;

    /// <summary>True once chunks may have reached the client.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>The bytes that wait: before the first flush those of all chunks, after it at most one record's.</summary>
    public int Length => _chunks.Bytes.Length;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (IsReleased && _chunks.Count == 0 && writer.UnflushedBytes < MaximumUnflushed)
        {
            return _isWanted = writer.Write(chunk);
        }

        _chunks.Add(chunk);
        return _isWanted;
    }

    /// <summary>
    /// Sends all waiting chunks. Later chunks are sent at once. A slow client delays the call, and therefore the next read from the model.
    /// False if the client has disconnected.
    /// </summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        IsReleased = true;
        WriteWaiting();
        measurements.Flushing(writer.UnflushedBytes);
        var flush = writer.FlushAsync(cancellationToken);
        return _chunks.Count == 0 ? flush : FlushAllAsync(flush, cancellationToken);
    }

    /// <summary>Forgets the chunks that wait.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _written = 0;
    }

    private async ValueTask<bool> FlushAllAsync(ValueTask<bool> flush, CancellationToken cancellationToken)
    {
        while (await flush)
        {
            if (_chunks.Count == 0)
            {
                return true;
            }

            WriteWaiting();
            measurements.Flushing(writer.UnflushedBytes);
            flush = writer.FlushAsync(cancellationToken);
        }

        return false;
    }

    private void WriteWaiting()
    {
        while (_written < _chunks.Count && _isWanted && writer.UnflushedBytes < MaximumUnflushed)
        {
            _isWanted = writer.Write(_chunks[_written++]);
        }

        if (_written == _chunks.Count || !_isWanted)
        {
            Clear();
        }
    }
}
