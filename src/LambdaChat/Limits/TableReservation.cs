using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>
/// One request's reservation in the table, for all windows and stream limits. If one part is rejected, the other parts are returned.
/// </summary>
/// <param name="leaseTime">How long a stream counts without a renewal.</param>
internal sealed class TableReservation(DynamoTable table, Reservation reservation, TimeSpan leaseTime, TimeProvider timeProvider)
    : ISharedReservation
{
    private readonly List<TableUsageWindow> _windows =
        [.. reservation.Windows.Select(window => new TableUsageWindow(table, window, reservation.Reserved, timeProvider))];

    private readonly List<ConcurrencyLease> _leases =
        [.. reservation.Streams.Select(limit => new ConcurrencyLease(table, limit, leaseTime, timeProvider))];

    public async Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(
            [
                .. _windows.Select(window => window.TakeAsync(cancellationToken)),
                .. _leases.Select(lease => lease.AcquireAsync(cancellationToken)),
            ]);
        return Array.Find(results, exceeded => exceeded is not null);
    }

    public Task SettleAsync(Usage actual, CancellationToken cancellationToken) => Task.WhenAll(
        [
            .. _windows.Select(window => window.SettleAsync(actual, cancellationToken)),
            .. _leases.Select(lease => lease.ReleaseAsync(cancellationToken)),
        ]);
}
