using LambdaChat.Failures;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;

namespace LambdaChat.Relay;

// The calls of a reply: the first one, those that replace it before its first chunk was sent, and those that continue it.
internal sealed partial class RelayRun
{
    private enum Replacement
    {
        None,
        WithoutStream,
        NextTarget,
    }

    // A reply that fails before its first chunk was sent is requested from the next target, and never again from the same one.
    private async Task<ReplyFailure?> CallAsync(TargetCaller targets)
    {
        for (var earlier = 0; ; earlier++)
        {
            var call = new EndpointCall(_request.Mode, _request.Body, _request.Headers)
            {
                Hint = _request.Hint,
                Sending = _request.IsStreamed ? null : _measurements.NoteWork,
            };
            using var response = await targets.CallAsync(_request.Model, call,
                _isContinuation ? _continuation!.Excluded : _failed, _timeouts.Token);
            await NoteAsync(response, earlier);

            var failure = response.Failure ?? await RelayAsync(response.Payloads);
            if (_reply is { IsDone: true })
            {
                response.ReuseConnection(_timeProvider);
            }

            if (!TryPrepareCall(failure, response, targets))
            {
                await FlushPendingAsync();
                return failure is null ? null : _continuation?.Report(failure, _reply?.Chunks) ?? failure;
            }

            Restart();
        }
    }

    // Prepares the call that continues the reply, or that replaces the last one. False if the reply has ended.
    private bool TryPrepareCall(ReplyFailure? failure, EndpointResponse response, TargetCaller targets)
    {
        if (failure is null)
        {
            return false;
        }

        if (_isContinuation)
        {
            return TryContinue(response, targets);
        }

        switch (FindReplacement(failure, hasResponse: response.Failure is null))
        {
            case Replacement.WithoutStream:
                _request = _request.WithoutStream();
                return true;
            case Replacement.NextTarget:
                targets.MarkFailed(_request.Model.Targets[response.Target]);
                _continuation?.NoteFailure(failure, response.Target);
                (_failed ??= []).Add(response.Target);
                return true;
            default:
                return false;
        }
    }

    // The next call continues the text of the response. If the target did not respond to such a call, another one does.
    private bool TryContinue(EndpointResponse response, TargetCaller targets)
    {
        if (response.Failure is null)
        {
            Continue(targets);
            return true;
        }

        if (!_continuation!.TryOther(response.Called))
        {
            return false;
        }

        _request = _continuation.Next!;
        return true;
    }

    private async ValueTask NoteAsync(EndpointResponse response, int earlier)
    {
        _target = response.Target;
        _measurements.Note(response, earlier);
        await TargetHeader.SetAsync(_context.Response, response, _heartbeat, _timeouts.Token);
        if (_isContinuation && response.Failure is null)
        {
            await _heartbeat.LockAsync(_timeouts.Token);
            _writer.NoteContinuation(_target, _measurements.Events); // The next flush sends it.
            _heartbeat.Unlock(hasWritten: false);
        }

        _timeouts.RestartIdleTimer(hasRecord: true, isAfterFirst: false);
    }

    private bool MayAskNextTarget(ReplyFailure failure) =>
        !_output.IsReleased && RepeatRules.IsTargetFault(failure) && (_failed?.Count ?? 0) + 1 < _request.Model.Targets.Count;

    // A silent target is replaced only if the model has continuations. Otherwise, a slow model would receive each request twice.
    private bool MayReplaceSilent(ReplyFailure failure) =>
        failure.Kind == FailureKind.ModelSilent && _continuation is not null && (_failed?.Count ?? 0) + 1 < _request.Model.Targets.Count;

    // The call that replaces one whose reply failed before its first chunk was sent.
    private Replacement FindReplacement(ReplyFailure failure, bool hasResponse) =>
        !_output.IsReleased && MayAskWithoutStream(failure) ? Replacement.WithoutStream
        : (hasResponse ? MayAskNextTarget(failure) : MayReplaceSilent(failure)) ? Replacement.NextTarget
        : Replacement.None;

    private bool TryPrepareContinuation(ReplyFailure failure, UpstreamReply reply) =>
        FindReplacement(failure, hasResponse: true) == Replacement.None && _writer.Failure is null
        && _continuation?.TryPrepare(failure, _target, reply.Chunks) == true;

    private void Continue(TargetCaller targets)
    {
        if (_continuation!.IsTargetAtFault)
        {
            targets.MarkFailed(_request.Model.Targets[_target]);
        }

        _request = _continuation.Next!;
        _reply!.Continue(_continuation.Kept);
        _timeouts.Renew();
        _measurements.NoteContinuation();
    }

    // A broken stream can also be a fault of the target, so the next target is called first.
    private bool MayAskWithoutStream(ReplyFailure failure) =>
        _request.BodyWithoutStream is not null && RepeatRules.MayWorkWithoutStream(failure, _reply?.Count ?? 0)
        && !(failure.Kind == FailureKind.StreamBroken && MayAskNextTarget(failure));

    private void Restart()
    {
        _timeouts.PauseIdleTimer(); // Each attempt of the next call has its own.
        _output.Clear();
        _end = null;
    }
}
