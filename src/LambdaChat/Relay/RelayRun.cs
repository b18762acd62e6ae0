using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Relay;

/// <summary>
/// One running reply: all its state, and the loop that relays complete records as they arrive, with one write and one flush per upstream
/// read. Nothing is sent before the first content. A failure before it keeps its HTTP status, or another target gives the reply.
/// </summary>
internal sealed partial class RelayRun : IAsyncDisposable
{
    // If a reply has several failures, the first of these counts:
    // 1. Its end could not be written (ReplyRelay.EndAsync).
    // 2. An exception has ended the run: a timeout, a client that has disconnected, a fault of the function (RunAsync).
    // 3. The failure that a continuation should have repaired, but never began (ReplyContinuation.Report).
    // 4. The limits rejected the reply (ReplyTimeouts.Failure), or the client has disconnected during a flush.
    // 5. The writer accepts no more chunks (IReplyWriter.Failure).
    // 6. The call failed (EndpointResponse.Failure), or its reply is not complete (ReplyEnd.Decide): the first of an error record
    //    (RecordTranslator.Failure), a broken stream (IPayloadReader.Failure), a bound of the relay (UpstreamReply.Stop), a timeout.
    private readonly HttpContext _context;
    private readonly TimeProvider _timeProvider;
    private readonly IReplyWriter _writer;
    private readonly ReplyMeasurements _measurements;
    private readonly ReplyTimeouts _timeouts;
    private readonly Heartbeat _heartbeat;
    private readonly PendingChunks _output;
    private readonly ILogger _logger;
    private readonly ReplyContinuation? _continuation; // Null if the request does not allow one.
    private RelayRequest _request;
    private UpstreamReply? _reply; // The reply of the current call.
    private bool _isAdmitted; // The limits allow the reply.
    private bool _hasBody = true; // The request's memory was not released.
    private List<int>? _failed; // The targets whose reply failed before its first chunk was sent.
    private int _target; // The index of the target of the current call.
    private bool _isContinuation; // The call that follows, or runs before its first read, continues the reply.
    private ReplyFailure? _end; // The failure of the reply; null while it runs, and if it is complete.

    public RelayRun(
        HttpContext context, RelayRequest request, IReplyWriter writer, ReplyMeasurements measurements, RelaySettings settings,
            TimeProvider timeProvider, ILogger logger)
    {
        (_context, _request, _writer, _measurements, _logger) = (context, request, writer, measurements, logger);
        _timeProvider = timeProvider;
        _continuation = request.ContinuedBody is null ? null : new ReplyContinuation(request);
        _timeouts = new ReplyTimeouts(context, request.Model, request.Admission, timeProvider);
        _heartbeat = new Heartbeat(settings.WithHeartbeat(writer.SendsHeartbeats), timeProvider,
            _timeouts.Guard(writer.SendHeartbeatAsync));
        _output = new PendingChunks(writer, measurements);
    }

    /// <summary>Runs the reply to its end and writes all chunks. The caller ends the writer.</summary>
    public async Task<ReplyEnd> RunAsync(TargetCaller targets)
    {
        ReplyFailure? failure;
        try
        {
            failure = _request.Admission?.Failure ?? await CallAsync(targets);
        }
        catch (OperationCanceledException) when (_timeouts.Token.IsCancellationRequested)
        {
            failure = _timeouts.Failure ?? new ReplyFailure(FailureKind.ClientGone);
        }
        catch (Exception exception)
        {
            RelayFailed(_context.TraceIdentifier, exception);
            failure = ReplyFailure.Of(exception);
        }
        finally
        {
            await _heartbeat.DisposeAsync();
            _measurements.Heartbeats = _heartbeat.Count;
        }

        if (_isContinuation && failure is not null)
        {
            _reply!.End(failure); // The continuation never began, so the thinking may still be open. The writer sends this with its end.
        }

        var id = _reply is null ? JsonText.Quote(_request.Format.Id) : _reply.Chunks.Id.ToArray();
        return new ReplyEnd(failure, id, _reply?.Usage) { EndedAt = _timeProvider.GetUtcNow() };
    }

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync();
        _timeouts.Dispose();
        _reply?.Dispose();
    }

    /// <summary>Relays a reply from its payloads. All records before a failure are sent. Null for a complete reply.</summary>
    public async Task<ReplyFailure?> RelayAsync(IPayloadReader upstream)
    {
        _reply?.Dispose();
        var reply = _reply = new UpstreamReply(_request, upstream, _output, _writer, _measurements, _isContinuation ? _reply : null);
        _isContinuation = false;
        ReplyFailure? timeout = null;
        try
        {
            while (!reply.IsOver && await ReadAsync(reply))
            {
                _timeouts.PauseIdleTimer();
                if (!await AdmitAsync())
                {
                    return _timeouts.Failure;
                }

                var records = reply.Count;
                if (!await RelayReadAsync(reply, _timeouts.Token))
                {
                    return new ReplyFailure(FailureKind.ClientGone);
                }

                var isLate = await reply.WaitForTurnAsync(_timeouts.Token); // The function has waited, not the model.
                ReleaseBody();
                _timeouts.RestartIdleTimer(isLate || reply.Count > records || reply.TakeWaitingComment(), reply.Count > 0);
            }
        }
        catch (OperationCanceledException) when (_timeouts.Failure is not null)
        {
            timeout = _timeouts.Failure; // The records received so far are still sent. They may be a complete reply.
        }

        _timeouts.PauseIdleTimer(); // A slow client does not make the model silent.
        if (timeout is null)
        {
            _timeouts.Renew(); // The timer may have expired after the last read.
        }

        if (!await AdmitAsync())
        {
            return _timeouts.Failure;
        }

        await RelayEndAsync(reply, timeout, timeout is null ? _timeouts.Token : CancellationToken.None);
        return _writer.Failure ?? _end;
    }

    // Releases the request early: the rest of the reply may take minutes, and the prompt may be large.
    private void ReleaseBody()
    {
        if (_hasBody && _output.IsReleased && _continuation is null)
        {
            _hasBody = false;
            _request.Release?.Invoke();
        }
    }

    private async ValueTask<bool> AdmitAsync() => _isAdmitted || (_isAdmitted = await _timeouts.WaitForDecisionAsync());

    // Relays the records of one read. False if the client has disconnected.
    private async ValueTask<bool> RelayReadAsync(UpstreamReply reply, CancellationToken cancellationToken)
    {
        var before = _measurements.Events;
        var sent = _writer.SentBytes;
        await _heartbeat.LockAsync(cancellationToken);
        try
        {
            return await FlushAvailableAsync(reply, cancellationToken)
                && (_measurements.Events == before
                    || (!_output.IsReleased && !reply.Chunks.HasContent)
                    || await _output.FlushAsync(cancellationToken));
        }
        finally
        {
            _heartbeat.Unlock(hasWritten: _writer.SentBytes > sent); // Nothing is sent of an aggregated reply or of hidden thinking.
        }
    }

    private async ValueTask RelayEndAsync(UpstreamReply reply, ReplyFailure? timeout, CancellationToken cancellationToken)
    {
        var sent = _writer.SentBytes;
        await _heartbeat.LockAsync(cancellationToken);
        try
        {
            await FlushAvailableAsync(reply, cancellationToken);
            _end = reply.TranslateRest(timeout);
            _isContinuation = _end is not null && TryPrepareContinuation(_end, reply);
            if (_isContinuation)
            {
                reply.Chunks.EndChoices(isComplete: false); // The next call continues behind the text in these chunks.
            }
            else
            {
                _end = reply.End(timeout);
                if (_end is not null && !_output.IsReleased && !reply.Chunks.HasContent)
                {
                    _output.Clear(); // The failure keeps its HTTP status.
                }
            }

            reply.EndTurn();
            if (_isContinuation || _end is null || FindReplacement(_end, hasResponse: true) == Replacement.None)
            {
                await _output.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            _heartbeat.Unlock(hasWritten: _writer.SentBytes > sent);
        }
    }

    private async ValueTask<bool> FlushAvailableAsync(UpstreamReply reply, CancellationToken cancellationToken)
    {
        while (reply.TranslateAvailable())
        {
            if (!await _output.FlushAsync(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    // Sends the chunks that wait, because no other target will give the reply.
    private async ValueTask FlushPendingAsync()
    {
        var isWaiting = _output.Length > 0;
        await _heartbeat.LockAsync(CancellationToken.None);
        try
        {
            await _output.FlushAsync(CancellationToken.None);
        }
        finally
        {
            _heartbeat.Unlock(hasWritten: isWaiting);
        }
    }

    [LoggerMessage(LogLevel.Error, "The relay of the reply to request {RequestId} failed.")]
    private partial void RelayFailed(string requestId, Exception exception);
}
