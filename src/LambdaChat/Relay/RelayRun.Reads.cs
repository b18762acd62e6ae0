namespace LambdaChat.Relay;

// Reads of a reply, and what is sent while one lasts.
internal sealed partial class RelayRun
{
    // What comes in one chunk with a finish reason, and a first chunk without content, wait for the next record, which nearly always
    // follows at once.
    private static readonly TimeSpan NextDelay = TimeSpan.FromMilliseconds(250);

    // Reads once. Chunks that wait for the next record are sent without it if it does not arrive within NextDelay. Before the first flush,
    // nothing was said, so nothing is sent while another target can still give the reply.
    private ValueTask<bool> ReadAsync(UpstreamReply reply)
    {
        var read = reply.ReadAsync(_timeouts.Token);
        var isWaiting = _output.IsReleased
            ? reply.Chunks.Choices.HoldContent
            : _request.Model.Targets.Count == 1 && (_output.Length > 0 || reply.Chunks.Choices.HoldContent);
        return isWaiting && !read.IsCompleted ? FlushIfLateAsync(reply, read.AsTask()) : read;
    }

    // Disposes the timer, so that it does not wake its thread and one of the pool during the reply.
    private async ValueTask<bool> FlushIfLateAsync(UpstreamReply reply, Task<bool> read)
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = _timeProvider.CreateTimer(
            static late => ((TaskCompletionSource)late!).SetResult(), late, NextDelay, Timeout.InfiniteTimeSpan);
        await Task.WhenAny(read, late.Task);
        try
        {
            if (!read.IsCompleted && await AdmitAsync())
            {
                await FlushWaitingAsync(reply);
            }
        }
        catch
        {
            _timeouts.Cancel(); // The read uses the buffers of the reply, so it must have ended before the reply does.
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await read;
    }

    // Sends the chunks that wait for the next record.
    private async ValueTask FlushWaitingAsync(UpstreamReply reply)
    {
        var sent = _writer.SentBytes;
        await _heartbeat.LockAsync(_timeouts.Token);
        try
        {
            reply.Chunks.SendHeldContent();
            var flush = _output.FlushAsync(_timeouts.Token);
            var isSlow = !flush.IsCompleted;
            if (isSlow)
            {
                _timeouts.PauseIdleTimer(); // A slow client does not make the model silent.
            }

            await flush;
            if (isSlow)
            {
                _timeouts.RestartIdleTimer(hasRecord: true, isAfterFirst: reply.Count > 0);
            }
        }
        finally
        {
            _heartbeat.Unlock(hasWritten: _writer.SentBytes > sent);
        }
    }
}
