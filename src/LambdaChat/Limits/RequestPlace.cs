namespace LambdaChat.Limits;

/// <summary>
/// The place of a request in the limits of its caller before its usage is reserved. In the table, such a request does not count.
/// </summary>
internal sealed class RequestPlace(LocalUsageCounters counters, Reservation reservation) : IDisposable
{
    /// <summary>True to count the request when its place ends; false if nothing was done for it, or its own reservation follows.</summary>
    public bool IsCounted { get; set; }

    public void Dispose() => counters.Settle(reservation, IsCounted ? Usage.OneRequest : Usage.Nothing);
}
