using LambdaChat.Aws.DynamoDb;
using LambdaChat.Failures;

namespace LambdaChat.Limits;

/// <summary>
/// One request's leave to spend. This process has agreed or refused when it is made; the table, where there is one, is asked beside the call
/// of the model, and the first byte to the client waits for it, at most <see cref="Patience"/>.
/// </summary>
internal sealed partial class UsageLease : IAsyncDisposable
{
    /// <summary>How long a first byte that is there waits for the table.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2); // Of a question to the table, and again of the settlement.

    private readonly Reservation _reservation;
    private readonly LocalUsageCounters _counters;
    private readonly ISharedReservation? _stored;
    private readonly LimitSettings _settings;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource? _stop;
    private readonly Task? _question;
    private readonly bool _isTaken;
    private Usage _actual = Usage.Nothing;
    private volatile bool _isDecided;

    public UsageLease(Reservation reservation, LocalUsageCounters counters, ISharedReservation? stored, LimitSettings settings, TimeProvider timeProvider, ILogger logger)
    {
        (_reservation, _counters, _settings, _timeProvider, _logger) = (reservation, counters, settings, timeProvider, logger);
        Failure = counters.TryTake(reservation)?.ToFailure();
        _isTaken = Failure is null;
        if (_isTaken && stored is not null)
        {
            _stored = stored;
            _stop = new CancellationTokenSource();
            _question = Task.Run(() => AskAsync(stored)); // The call of the model does not wait while a request is made.
        }
    }

    /// <summary>Why the request may not go on; null where it may.</summary>
    public ReplyFailure? Failure { get; private set; }

    /// <summary>Ends the call of the model once the request may not go on.</summary>
    public CancellationToken Stop => _stop?.Token ?? CancellationToken.None;

    /// <summary>The table's decision.</summary>
    public TableDecision Decision { get; private set; }

    /// <summary>The name of <see cref="Decision"/> for the log and the metrics; null without a table.</summary>
    public string? DecisionName => _question is null ? null : Decision.Name();

    /// <summary>True where the reply's tokens matter, so that the model server has to be asked for the usage.</summary>
    public bool CountsTokens => _reservation.CountsTokens;

    public Reservation Reservation => _reservation;

    /// <summary>To be awaited before the first byte goes to the client: true where it may.</summary>
    public async ValueTask<bool> WaitForDecisionAsync()
    {
        if (_question is null || _isDecided)
        {
            return Failure is null;
        }

        try
        {
            await _question.WaitAsync(Patience, _timeProvider);
        }
        catch (TimeoutException)
        {
            Decide(_settings.IsOpen ? TableDecision.LateOpen : TableDecision.LateClosed);
        }

        return Failure is null;
    }

    /// <summary>Notes what the request has used, for the settlement.</summary>
    public void Note(Usage actual) => _actual = actual;

    /// <summary>
    /// Books what the request has used and not what was reserved. After the answer, so that no client waits for it, and within the
    /// invocation: Lambda freezes the process after it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isTaken)
        {
            return;
        }

        _counters.Settle(_reservation, _actual);
        if (_stored is not null)
        {
            await SettleAsync(_stored);
        }
    }

    private async Task SettleAsync(ISharedReservation stored)
    {
        try
        {
            await _question!.WaitAsync(StoreTimeout, _timeProvider);
            using var timeout = new CancellationTokenSource(StoreTimeout, _timeProvider);
            await stored.SettleAsync(_actual, timeout.Token);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            NotSettled(_actual.Tokens, exception);
        }

        lock (_lock)
        {
            _isDecided = true; // Nothing is stopped any more.
        }

        _stop!.Dispose();
    }

    // Never throws; ends once the table has said something, however late that is.
    private async Task AskAsync(ISharedReservation stored)
    {
        try
        {
            using var timeout = new CancellationTokenSource(StoreTimeout, _timeProvider);
            var exceeded = await stored.TakeAsync(timeout.Token);
            if (exceeded is not null)
            {
                _counters.Remember(_reservation, exceeded);
            }

            Decide(exceeded is null ? TableDecision.InTime : TableDecision.Refused, exceeded);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            NotAsked(exception);
            Decide(_settings.IsOpen ? TableDecision.FailedOpen : TableDecision.FailedClosed);
        }
    }

    // The first decision is the last one.
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

    [LoggerMessage(LogLevel.Warning, "The table of limits could not be asked.")]
    private partial void NotAsked(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The table of limits does not know of {Tokens} tokens that were used.")]
    private partial void NotSettled(long tokens, Exception exception);
}
