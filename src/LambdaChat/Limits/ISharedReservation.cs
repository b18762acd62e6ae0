using LambdaChat.Aws.DynamoDb;

namespace LambdaChat.Limits;

/// <summary>One request's booking beyond this process. Both may throw what <see cref="TableItems.IsFailure"/> knows.</summary>
internal interface ISharedReservation
{
    /// <summary>Books what is reserved in every window, and takes a place for every stream. Null where there was room for all.</summary>
    Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Puts what the request really was in the place of what was reserved, and gives its places back.</summary>
    Task SettleAsync(Usage actual, CancellationToken cancellationToken);
}
