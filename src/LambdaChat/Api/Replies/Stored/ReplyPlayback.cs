using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>Writes a stored reply to a client, from its first chunk to its end, which it waits for.</summary>
internal sealed partial class ReplyPlayback(RelaySettings settings, TimeProvider timeProvider, ILogger<ReplyPlayback> logger)
{
    /// <param name="reader">Has read the reply at least once.</param>
    /// <param name="id">The reply's id as JSON.</param>
    /// <param name="memory">The memory of the reply where the writer holds it whole; null if it is not bounded.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    /// <exception cref="RelayFailedException">The store failed or the time ended after the response had started.</exception>
    public async Task RunAsync(
        HttpContext context, ReplyReader reader, IReplyWriter writer, byte[] id, IReplyMemory? memory = null)
    {
        if (HttpMethods.IsHead(context.Request.Method) && reader.Ending is null)
        {
            await writer.FlushAsync(context.RequestAborted);
            return; // The response to HEAD has no body.
        }

        await using var heartbeat = new Heartbeat(settings.WithHeartbeat(writer.SendsHeartbeats), timeProvider, writer.SendHeartbeatAsync);
        try
        {
            while (await WriteAsync(reader, writer, heartbeat, memory, context.RequestAborted))
            {
                if (reader.Ending is { } ending)
                {
                    await heartbeat.DisposeAsync();
                    await writer.EndAsync(StoredEnd.Read(ending, id));
                    return;
                }

                if (!await reader.WaitAsync(context.RequestAborted))
                {
                    break; // The reply was deleted.
                }
            }
        }
        catch (OperationCanceledException) when (ReplyTimeouts.IsTimedOut(context))
        {
            await heartbeat.DisposeAsync();
            throw new RelayFailedException(new(FailureKind.DeadlineExceeded));
        }
        catch (ReplyStoreException exception) when (context.Response.HasStarted)
        {
            StoreFailed(context.TraceIdentifier, exception);
            await heartbeat.DisposeAsync();
            throw new RelayFailedException(new(FailureKind.ReplyLost) { Response = StoredReplies.Unavailable });
        }

        // The writer may refuse the rest of the reply, as it did for the first client.
        var failure = reader.Head is null ? new ReplyFailure(FailureKind.Cancelled)
            : writer.Failure ?? memory?.Reserve(writer.HeldBytes);
        if (failure is not null)
        {
            await heartbeat.DisposeAsync();
            await writer.EndAsync(new ReplyEnd(failure, id, Usage: null) { EndedAt = timeProvider.GetUtcNow() });
        }
    }

    // Writes the chunks that were read. False if the client has disconnected, or the writer accepts no more chunks.
    private static async ValueTask<bool> WriteAsync(
        ReplyReader reader, IReplyWriter writer, Heartbeat heartbeat, IReplyMemory? memory, CancellationToken cancellationToken)
    {
        await heartbeat.LockAsync(cancellationToken);
        var hasMore = true;
        try
        {
            while (hasMore && reader.MoveNext())
            {
                hasMore = writer.Write(reader.Chunk) && memory?.Reserve(writer.HeldBytes) is null
                    && (writer.UnflushedBytes < PendingChunks.MaximumUnflushed || await writer.FlushAsync(cancellationToken));
            }

            return await writer.FlushAsync(cancellationToken) && hasMore;
        }
        finally
        {
            heartbeat.Unlock(hasWritten: true);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} did not get a stored reply to its end, because the reply store failed.")]
    private partial void StoreFailed(string requestId, Exception exception);
}
