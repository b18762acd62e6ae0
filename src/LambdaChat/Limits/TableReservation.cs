using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>
/// One request's reservation in the table, for all windows and stream limits. If one part is rejected, the other parts are returned.
/// </summary>
/// <param name="leaseTime">How long a stream counts without a renewal.</param>
internal sealed class TableReservation(DynamoTable table, Reservation reservation, TimeSpan leaseTime, TimeProvider timeProvider)
    : ISharedReservation
{
    // Half the time of the settlement, which waits for it.
    private static readonly TimeSpan ConfirmationTimeout = TimeSpan.FromSeconds(1);

    private readonly List<TableUsageWindow> _windows =
        [.. reservation.Windows.Select(window => new TableUsageWindow(table, window, reservation.Reserved, timeProvider))];

    private readonly List<ConcurrencyLease> _leases =
        [.. reservation.Streams.Select(limit => new ConcurrencyLease(table, limit, leaseTime, timeProvider))];

    private Task _confirmation = Task.CompletedTask;

    public async Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var results = await Task.WhenAll(
                [
                    .. _windows.Select(window => window.TakeAsync(cancellationToken)),
                    .. _leases.Select(lease => lease.AcquireAsync(cancellationToken)),
                ]);
            return Array.Find(results, exceeded => exceeded is not null);
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            _confirmation = ConfirmAsync();
            throw;
        }
    }

    public Task SettleAsync(Usage actual, CancellationToken cancellationToken) => Task.WhenAll(
        [
            SettleWindowsAsync(actual, cancellationToken),
            .. _leases.Select(lease => lease.ReleaseAsync(cancellationToken)),
        ]);

    private async Task SettleWindowsAsync(Usage actual, CancellationToken cancellationToken)
    {
        await _confirmation.WaitAsync(cancellationToken);
        await Task.WhenAll(_windows.Select(window => window.SettleAsync(actual, cancellationToken)));
    }

    // During the reply, other updates can overwrite the mark of an update without a response. Does not throw, because the settlement reads
    // the mark again.
    private async Task ConfirmAsync()
    {
        using var timeout = new CancellationTokenSource(ConfirmationTimeout, timeProvider);
        await Task.WhenAll(_windows.Select(window => window.ConfirmAsync(timeout.Token)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
