using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>Stops a stored reply when it is cancelled.</summary>
/// <param name="limits">The decision of the limits; null without limits.</param>
internal sealed class StoredAdmission(IReplyAdmission? limits, ReplyProducer producer) : IReplyAdmission, IDisposable
{
    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(limits?.Stop ?? CancellationToken.None, producer.Cancelled);

    public ReplyFailure? Failure => limits?.Failure ?? (producer.IsCancelled ? new ReplyFailure(FailureKind.Cancelled) : null);

    public CancellationToken Stop => _stop.Token;

    public ValueTask<bool> WaitForDecisionAsync() => limits?.WaitForDecisionAsync() ?? ValueTask.FromResult(true);

    public void Dispose() => _stop.Dispose();
}
