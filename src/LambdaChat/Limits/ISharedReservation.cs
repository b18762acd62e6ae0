namespace LambdaChat.Limits;

/// <summary>One request's reservation in the counters that all environments share.</summary>
internal interface ISharedReservation
{
    /// <summary>
    /// Takes the reservation in every window, and a place in every stream limit. Returns the limit that rejects it; null if it is
    /// taken.
    /// </summary>
    Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the reservation by the actual usage, and releases the places.</summary>
    Task SettleAsync(Usage actual, CancellationToken cancellationToken);
}
