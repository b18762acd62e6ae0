using LambdaChat.Failures;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Relay;

/// <summary>
/// One running reply: all its state, and the loop that relays complete records as they arrive, with one write and one flush per upstream
/// read. Nothing is sent before the first chunk, so that a failure up to then keeps its HTTP status.
/// </summary>
internal sealed partial class RelayRun : IAsyncDisposable
{
    private const int MaximumUnflushed = 64 * 1024;

    private readonly HttpContext _context;
    private RelayRequest _request;
    private readonly IReplyWriter _writer;
    private readonly ReplyMeasurements _measurements;
    private readonly ReplyTimeouts _timeouts;
    private readonly Heartbeat _heartbeat;
    private readonly PendingChunks _output;
    private readonly ILogger _logger;
    private RecordTranslator _translator;
    private RecordReader _records;
    private IPayloadReader _upstream = EmptyPayloadReader.Instance;
    private bool _isAdmitted; // The limits allow the reply.
    private bool _isDone; // [DONE] was received.
    private bool _isStopped; // The rest of the stream is not read.
    private ReplyFailure? _fault; // Why reading ended, if neither the upstream nor a record reports it.
    private ReplyFailure? _end; // Why the reply failed; null until it ends, and if it is complete.
    private int _comments;
    private ByteBuffer? _rest; // The bytes of a payload that wait for a flush.
    private int _restStart;

    public RelayRun(
        HttpContext context, RelayRequest request, IReplyWriter writer, ReplyMeasurements measurements, RelaySettings settings, TimeProvider timeProvider, ILogger logger)
    {
        (_context, _request, _writer, _measurements, _logger) = (context, request, writer, measurements, logger);
        _timeouts = new ReplyTimeouts(request.Model, request.Admission, timeProvider, context.RequestAborted);
        _heartbeat = new Heartbeat(settings.WithHeartbeat(writer.SendsHeartbeats), timeProvider, _timeouts.Guard(writer.SendHeartbeatAsync));
        _output = new PendingChunks(writer);
        _translator = new RecordTranslator(request.Format, _output);
        _records = new RecordReader(request.Model.Framing);
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
            failure = _timeouts.Failure ?? new ReplyFailure(ReplyRelay.IsTimedOut(_context) ? FailureKind.DeadlineExceeded : FailureKind.ClientGone);
        }
        catch (Exception exception)
        {
            RelayFailed(exception);
            failure = new ReplyFailure(FailureKind.Internal);
        }
        finally
        {
            await _heartbeat.DisposeAsync();
            _measurements.Heartbeats = _heartbeat.Count;
        }

        return new ReplyEnd(failure, _translator.Chunks.Id.ToArray(), _translator.Chunks.Usage);
    }

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync();
        _timeouts.Dispose();
        _records.Dispose();
    }

    // A reply that fails before its first chunk was sent is requested from the next target, and never again from the same one.
    private async Task<ReplyFailure?> CallAsync(TargetCaller targets)
    {
        List<int>? failed = null;
        for (var earlier = 0; ; earlier++)
        {
            using var response = await targets.CallAsync(_request.Model, _request.Operation, _request.Body, _request.Headers, failed, _timeouts.Token);
            _measurements.Note(response, earlier);
            TargetHeader.Set(_context.Response, response);
            _timeouts.RestartIdleTimer(hasRecord: true, isAfterFirst: false);
            var failure = response.Failure ?? await RelayAsync(response.Payloads);
            if (failure is not null && !_output.IsReleased && MayAskWithoutStream(failure))
            {
                _request = _request.WithoutStream();
            }
            else if (response.Failure is not null || failure is null || _output.IsReleased || !SecondCalls.IsOfTarget(failure)
                || (failed?.Count ?? 0) + 1 >= _request.Model.Targets.Count)
            {
                _output.Release();
                return failure;
            }
            else
            {
                targets.MarkFailed(_request.Model.Targets[response.Target]);
                (failed ??= []).Add(response.Target);
            }

            Restart();
        }
    }

    private bool MayAskWithoutStream(ReplyFailure failure) => _request.BodyWithoutStream is not null && SecondCalls.IsOfStream(failure, _translator.Count);

    private void Restart()
    {
        _timeouts.PauseIdleTimer(); // Each attempt of the next call has its own.
        _output.Clear();
        _records.Dispose();
        _records = new RecordReader(_request.Model.Framing);
        _translator = new RecordTranslator(_request.Format, _output);
        _rest?.Clear();
        (_isDone, _isStopped, _fault, _end, _comments, _restStart) = (false, false, null, null, 0, 0);
    }

    /// <summary>Relays a reply from its payloads. All records before a failure are sent. Null for a complete reply.</summary>
    public async Task<ReplyFailure?> RelayAsync(IPayloadReader upstream)
    {
        _upstream = upstream;
        try
        {
            while (!_isDone && !_isStopped && await _upstream.ReadAsync(_timeouts.Token))
            {
                _timeouts.PauseIdleTimer();
                if (!await AdmitAsync())
                {
                    return _timeouts.Failure;
                }

                var records = _translator.Count;
                if (!await RelayReadAsync(isLast: false, _timeouts.Token))
                {
                    return new ReplyFailure(FailureKind.ClientGone);
                }

                _timeouts.RestartIdleTimer(hasRecord: _translator.Count > records || HasWaitingComment(), _translator.Count > 0);
            }
        }
        catch (OperationCanceledException) when (_timeouts.Failure is not null)
        {
            _fault = _timeouts.Failure; // The records received so far are still sent. They may be a complete reply.
        }

        if (!await AdmitAsync())
        {
            return _timeouts.Failure;
        }

        await RelayReadAsync(isLast: true, _fault is null ? _timeouts.Token : CancellationToken.None);
        return _writer.Failure ?? _end;
    }

    private async ValueTask<bool> AdmitAsync() => _isAdmitted || (_isAdmitted = await _timeouts.WaitForDecisionAsync());

    // vLLM sends comments while a request waits, but also when its engine is dead. They count only before the first record.
    private bool HasWaitingComment()
    {
        var hasComment = _translator.Count == 0 && _records.CommentCount > _comments;
        _comments = _records.CommentCount;
        return hasComment;
    }

    // Relays the records of one read. False if the client has disconnected.
    private async ValueTask<bool> RelayReadAsync(bool isLast, CancellationToken cancellationToken)
    {
        var before = _measurements.Events;
        await _heartbeat.LockAsync(cancellationToken);
        try
        {
            while (TranslatePayloads())
            {
                if (!await FlushAsync(cancellationToken))
                {
                    return false;
                }
            }

            if (isLast)
            {
                TranslateEnd();
                if (_end is not null && !_output.IsReleased && (SecondCalls.IsOfTarget(_end) || MayAskWithoutStream(_end)))
                {
                    return true; // Another call may give the reply.
                }
            }

            return (_measurements.Events == before && !isLast) || await FlushAsync(cancellationToken);
        }
        finally
        {
            _heartbeat.Unlock(hasWritten: _measurements.Events > before);
        }
    }

    // A slow client delays the flush, and so the next read from the model.
    private ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        _output.Release();
        _measurements.Flushing(_writer.UnflushedBytes);
        return _writer.FlushAsync(cancellationToken);
    }

    // True if enough was written for a flush and more payloads may be available.
    private bool TranslatePayloads()
    {
        try
        {
            while (!_isDone && !_isStopped && TryReadPayload(out var payload))
            {
                while (!_isDone && !_isStopped && _records.TryRead(ref payload, out var record))
                {
                    Translate(record);
                    if (_writer.UnflushedBytes + _output.Length >= MaximumUnflushed)
                    {
                        KeepRest(payload);
                        return true;
                    }
                }
            }
        }
        catch (SseLimitException)
        {
            _isStopped = true;
            _fault = new ReplyFailure(FailureKind.RecordTooLong);
        }

        return false;
    }

    private bool TryReadPayload(out ReadOnlySpan<byte> payload)
    {
        if (_rest is not null && _restStart < _rest.Length)
        {
            payload = _rest.Span[_restStart..];
            _restStart = _rest.Length;
            return true;
        }

        if (!_upstream.TryRead(out payload))
        {
            return false;
        }

        _measurements.PayloadReceived(isCut: _records.IsMidRecord);
        return true;
    }

    // One payload can hold many small records, each of which becomes a larger chunk.
    private void KeepRest(ReadOnlySpan<byte> payload)
    {
        if (_rest is not null && _rest.Span.Overlaps(payload))
        {
            _restStart = _rest.Length - payload.Length;
            return;
        }

        _rest ??= new ByteBuffer(1024);
        _rest.Clear();
        _rest.Append(payload);
        _restStart = 0;
    }

    private void TranslateEnd()
    {
        if (!_isDone && !_isStopped && _upstream.Failure is null && _fault is null && _records.TryReadUnfinished(out var record))
        {
            Translate(record);
        }

        _translator.EndTexts();
        var chunks = _translator.Chunks;
        if (chunks.IsCut)
        {
            chunks.EndCut();
        }

        _end = ReplyEnd.Decide(chunks.Choices, _request.Format, _isDone || chunks.IsCut, _translator.Failure ?? _upstream.Failure ?? _fault);
        chunks.EndChoices(isComplete: _end is null);
        _measurements.IncompleteToolCalls = chunks.Choices.IncompleteToolCalls;
    }

    private void Translate(in ServerRecord record)
    {
        if (record.IsDone)
        {
            _isDone = true;
            return;
        }

        _isStopped = !_translator.TryRead(record);
        _measurements.Events = _translator.Count;
    }

    [LoggerMessage(LogLevel.Error, "The relay of a reply failed.")]
    private partial void RelayFailed(Exception exception);
}
