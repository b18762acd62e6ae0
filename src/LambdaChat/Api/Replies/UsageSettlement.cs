using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies;

internal static class UsageSettlement
{
    /// <summary>
    /// Notes the usage of a reply: as the model server reported it, else the estimated prompt and one token for each event. A call that
    /// failed without an event uses its prompt if the model was working on it, else one request and no tokens.
    /// </summary>
    public static void Note(this UsageLease lease, ReplyOutcome outcome) =>
        lease.Note(Find(lease.Reservation, outcome.Measurements.Model, outcome.Failure, outcome.Usage, outcome.Measurements.Events));

    private static Usage Find(Reservation reservation, Model model, ReplyFailure? failure, TokenUsage? usage, int events) => failure?.Kind switch
    {
        FailureKind.LimitReached or FailureKind.LimitsUnknown => Usage.Nothing,
        _ when usage is { Prompt: > 0 } or { Completion: > 0 } => Usage.Of(model, usage.Prompt, usage.Completion),
        _ when events > 0 => Usage.Of(model, reservation.Estimate.Prompt, events),
        FailureKind.ClientGone or FailureKind.DeadlineExceeded or FailureKind.ModelSilent or FailureKind.ReplyTooSlow or FailureKind.ModelTimeout =>
            Usage.Of(model, reservation.Estimate.Prompt, completion: 0),
        _ => Usage.Of(model, prompt: 0, completion: 0),
    };
}
