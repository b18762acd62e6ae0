using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming.Sse;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>
/// The relay loop: whole records as they become whole, one write and one flush for all records of a read, and nothing held back that is
/// finished. Nothing is sent before the first one is there, so that a failure up to then keeps its HTTP status.
/// </summary>
internal sealed class RelayRun(IPayloadReader upstream, RecordReader records, ChunkEditor chunks, IReplyWriter reply, Heartbeat heartbeat, ReplyTimeouts timeouts, ReplyMeasurements measurements)
{
    private const int MaximumHeld = 64 * 1024; // What a frame adds to it comes on top.

    private bool _isOpen; // The client may have it.
    private bool _isDone; // [DONE] has come.
    private bool _isStopped; // Something after which nothing can be read.
    private bool _isOversized;
    private ReplyFailure? _limit; // The limit that ended the reading.

    /// <summary>Runs to the end of the stream, good or bad. All records before a failure are sent. Null where the reply is whole.</summary>
    public async Task<ReplyFailure?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_isDone && !_isStopped && await upstream.ReadAsync(cancellationToken))
            {
                timeouts.PauseIdleTimer();
                if (!_isOpen && !(_isOpen = await timeouts.WaitForDecisionAsync()))
                {
                    return timeouts.Failure;
                }

                if (!await TakeTurnAsync(isLast: false, cancellationToken))
                {
                    return new ReplyFailure(FailureKind.ClientGone);
                }

                timeouts.RestartIdleTimer();
            }
        }
        catch (OperationCanceledException) when (timeouts.Failure is not null)
        {
            _limit = timeouts.Failure; // What has come by then is sent as before any other failure, and may be all.
        }

        if (!_isOpen && !await timeouts.WaitForDecisionAsync())
        {
            return timeouts.Failure;
        }

        await TakeTurnAsync(isLast: true, _limit is null ? cancellationToken : CancellationToken.None);
        return reply.Failure ?? (chunks.IsFinished && (_isDone || chunks.IsComplete) ? null : FindFailure());
    }

    // False where nobody reads any more.
    private async ValueTask<bool> TakeTurnAsync(bool isLast, CancellationToken cancellationToken)
    {
        var before = measurements.Events;
        await heartbeat.LockAsync(cancellationToken);
        try
        {
            while (Edit())
            {
                if (!await FlushAsync(cancellationToken))
                {
                    return false;
                }
            }

            if (isLast)
            {
                EditLast();
            }

            return (measurements.Events == before && !isLast) || await FlushAsync(cancellationToken);
        }
        finally
        {
            heartbeat.Unlock(hasWritten: measurements.Events > before);
        }
    }

    // A client that reads slowly stops the flush, and with it the reading from the model.
    private ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        measurements.Flushing(reply.UnflushedBytes);
        return reply.FlushAsync(cancellationToken);
    }

    private ReplyFailure FindFailure() =>
        chunks.Failure ?? upstream.Failure ?? _limit ?? new ReplyFailure(_isOversized ? FailureKind.RecordTooLong : FailureKind.NoFinishReason);

    // True where enough was written and there is more at hand.
    private bool Edit()
    {
        try
        {
            while (!_isDone && !_isStopped && upstream.TryRead(out var payload))
            {
                measurements.PayloadReceived(isCut: records.IsMidRecord);
                while (!_isDone && !_isStopped && records.TryRead(ref payload, out var record))
                {
                    Edit(record);
                }

                if (reply.UnflushedBytes >= MaximumHeld)
                {
                    return true;
                }
            }
        }
        catch (SseLimitException)
        {
            _isOversized = _isStopped = true;
        }

        return false;
    }

    private void EditLast()
    {
        EditUnfinished();
        chunks.End();
        if (chunks.IsCut)
        {
            chunks.EndCut();
            _isDone = chunks.Failure is null;
        }
    }

    private void EditUnfinished()
    {
        if (!_isDone && !_isStopped && upstream.Failure is null && _limit is null && records.TryReadUnfinished(out var record))
        {
            Edit(record);
        }
    }

    private void Edit(ReadOnlySpan<byte> record)
    {
        if (record.SequenceEqual("[DONE]"u8))
        {
            _isDone = true;
            return;
        }

        _isStopped = !chunks.TryEdit(record);
        measurements.Events += _isStopped ? 0 : 1;
    }
}
