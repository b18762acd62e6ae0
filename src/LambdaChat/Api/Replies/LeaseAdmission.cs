using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>Admits a reply if its usage lease is granted.</summary>
internal sealed class LeaseAdmission(UsageLease lease) : IReplyAdmission
{
    public ReplyFailure? Failure => lease.Failure;

    public CancellationToken Stop => lease.Stop;

    public ValueTask<bool> WaitForDecisionAsync() => lease.WaitForDecisionAsync();

    /// <summary>Null if the caller has no limits.</summary>
    public static LeaseAdmission? Of(UsageLease? lease) => lease is null ? null : new LeaseAdmission(lease);
}
