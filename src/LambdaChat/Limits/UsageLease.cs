using LambdaChat.Failures;

namespace LambdaChat.Limits;

/// <summary>
/// The usage reservation of one request. The counters of this process decide when it is created. If there is a table, it is queried while
/// the model is called, and the first byte of the response waits for its decision, at most <see cref="DecisionTimeout"/>.
/// </summary>
internal sealed partial class UsageLease : IAsyncDisposable
{
    /// <summary>The maximum time for which the first byte of a response waits for the table.</summary>
    public static readonly TimeSpan DecisionTimeout = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan TableTimeout = TimeSpan.FromSeconds(2); // The maximum time of the query, and of the settlement.

    private readonly Reservation _reservation;
    private readonly LocalUsageCounters _counters;
    private readonly ISharedReservation? _shared;
    private readonly LimitSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly string _requestId;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource? _stop;
    private readonly Task? _query;
    private readonly bool _isTaken;
    private Usage? _actual;
    private volatile bool _isDecided;

    public UsageLease(
        Reservation reservation, LocalUsageCounters counters, ISharedReservation? shared, LimitSettings settings,
        TimeProvider timeProvider, string requestId, ILogger logger)
    {
        (_reservation, _counters, _settings, _timeProvider) = (reservation, counters, settings, timeProvider);
        (_requestId, _logger) = (requestId, logger);
        Failure = counters.TryTake(reservation)?.ToFailure();
        _isTaken = Failure is null;
        if (_isTaken && shared is not null)
        {
            _shared = shared;
            _stop = new CancellationTokenSource();
            _query = Task.Run(() => QueryAsync(shared)); // Creating the request must not delay the call of the model.
        }
    }

    /// <summary>Why the request is rejected; null while it is allowed or the table has not decided.</summary>
    public ReplyFailure? Failure { get; private set; }

    /// <summary>Canceled when the table rejects the request.</summary>
    public CancellationToken Stop => _stop?.Token ?? CancellationToken.None;

    /// <summary>The table's decision.</summary>
    public TableDecision Decision { get; private set; }

    /// <summary>The name of <see cref="Decision"/> for the log and the metrics; null without a table.</summary>
    public string? DecisionName => _query is null ? null : Decision.Name();

    /// <summary>True if the tokens of the reply count, so the model server has to report its usage.</summary>
    public bool CountsTokens => _reservation.CountsTokens;

    public Reservation Reservation => _reservation;

    /// <summary>Waits for the decision before the first byte of the response. True if the request is allowed.</summary>
    public async ValueTask<bool> WaitForDecisionAsync()
    {
        if (_query is null || _isDecided)
        {
            return Failure is null;
        }

        try
        {
            await _query.WaitAsync(DecisionTimeout, _timeProvider);
        }
        catch (TimeoutException)
        {
            Decide(_settings.FailsOpen ? TableDecision.LateOpen : TableDecision.LateClosed);
        }

        return Failure is null;
    }

    /// <summary>Notes the actual usage for the settlement. Without it an allowed request settles as one request without tokens.</summary>
    public void Note(Usage actual) => _actual = actual;

    /// <summary>
    /// Replaces the reservation by the actual usage. It runs after the response, so no client waits for it, and before the invocation ends,
    /// because Lambda then freezes the process.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isTaken)
        {
            return;
        }

        var actual = _actual ?? (Failure is null ? Usage.OneRequest : Usage.Nothing);
        _counters.Settle(_reservation, actual);
        if (_shared is not null)
        {
            await SettleAsync(_shared, actual);
        }
    }

    private async Task SettleAsync(ISharedReservation shared, Usage actual)
    {
        try
        {
            // The query ends after its own timeout. If it does not, the table may have the reservation all the same.
            await _query!.WaitAsync(TableTimeout, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var timeout = new CancellationTokenSource(TableTimeout, _timeProvider);
            await shared.SettleAsync(actual, timeout.Token);
        }
        catch (Exception exception) // The response is complete. After any failure, only the settlement is lost.
        {
            SettlementFailed(_requestId, actual.Tokens, exception);
        }

        lock (_lock)
        {
            _isDecided = true; // A later decision has no effect.
        }

        _stop!.Dispose();
    }

    // Does not throw: any exception is a failure of the table, and the configuration says whether replies then continue.
    private async Task QueryAsync(ISharedReservation shared)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TableTimeout, _timeProvider);
            var exceeded = await shared.TakeAsync(timeout.Token);
            if (exceeded is not null)
            {
                _counters.Remember(_reservation, exceeded);
            }

            Decide(exceeded is null ? TableDecision.InTime : TableDecision.Refused, exceeded);
        }
        catch (Exception exception)
        {
            QueryFailed(_requestId, exception);
            Decide(_settings.FailsOpen ? TableDecision.FailedOpen : TableDecision.FailedClosed);
        }
    }

    // Only the first decision counts.
    private void Decide(TableDecision decision, LimitExceeded? exceeded = null)
    {
        lock (_lock)
        {
            if (_isDecided)
            {
                return;
            }

            Decision = decision;
            Failure = exceeded?.ToFailure() ?? (decision.IsOpen() ? null : new ReplyFailure(FailureKind.LimitsUnknown));
            _isDecided = true;
            if (Failure is not null)
            {
                _ = _stop!.CancelAsync();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The limits table could not be queried for request {RequestId}.")]
    private partial void QueryFailed(string requestId, Exception exception);

    [LoggerMessage(
        LogLevel.Warning,
        "The limits table could not be updated for request {RequestId}. "
        + "If the reservation reached it, it counts instead of the {Tokens} tokens that were used.")]
    private partial void SettlementFailed(string requestId, long tokens, Exception exception);
}
