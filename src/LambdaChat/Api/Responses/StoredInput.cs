using LambdaChat.Api.Requests;
using LambdaChat.Limits;

namespace LambdaChat.Api.Responses;

/// <summary>
/// The stored items that precede the input of a request, and those to which the input refers. If the store was read for them, the request
/// has a place in the limits of its caller until its usage is reserved, and counts as a request if it is refused.
/// </summary>
/// <param name="references">The items to which the input refers.</param>
/// <param name="place">Null if the store is not read, or the caller has no such limits.</param>
internal sealed class StoredInput(ReferencedItems references, RequestPlace? place) : IDisposable
{
    /// <summary>The items before the input; null for none.</summary>
    public ResponseHistory? History { get; set; }

    /// <summary>The history as an item of the request; null for none.</summary>
    public RequestItem? Items => History is null ? null : new RequestItem(History.Items.RootElement, PreviousResponses.Member);

    public ReferencedItems References => references;

    /// <summary>Ends the place without counting the request. Call it before the usage is reserved.</summary>
    public void EndPlace()
    {
        if (place is not null)
        {
            place.IsCounted = false;
            place.Dispose();
            place = null;
        }
    }

    public void Dispose()
    {
        History?.Dispose();
        place?.Dispose();
    }
}
