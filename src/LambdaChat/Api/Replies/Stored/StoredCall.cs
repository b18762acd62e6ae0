using LambdaChat.Limits;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>Relays a reply that is stored. It can be cancelled, and does not end with its client's connection.</summary>
internal sealed class StoredCall(RelayedCall relay, TimeProvider timeProvider)
{
    /// <param name="lease">Null if the caller has no limits.</param>
    /// <param name="writer">Null if the client has its response.</param>
    /// <param name="tellsStore">True if the last event tells the client whether the reply is stored.</param>
    /// <exception cref="RelayFailedException">The reply failed, and the response must be aborted.</exception>
    public async Task RunAsync(
        HttpContext context, RelayRequest request, UsageLease? lease, IReplyWriter? writer, ReplyProducer producer, bool tellsStore = false)
    {
        // A reply in the background ends if the store fails, because no request could read it.
        using var end = writer is null ? CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, producer.Failed) : null;
        context.RequestAborted = end?.Token ?? context.RequestAborted;
        using var admission = new StoredAdmission(LeaseAdmission.Of(lease), producer);
        var both = new StoredReplyWriter(writer, producer, timeProvider, context.Abort, tellsStore);
        await relay.RunAsync(context, request with { Admission = admission }, lease, both, () => !producer.IsFailing);
    }
}
