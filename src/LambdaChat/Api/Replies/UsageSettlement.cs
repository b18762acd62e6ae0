using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies;

internal static class UsageSettlement
{
    /// <summary>
    /// Notes what a reply has used: the usage that the model server told; without it the prompt as it was guessed and a token for each event.
    /// A call that failed without an event costs its prompt where the model was at work on it, else nothing but a request.
    /// </summary>
    public static void Note(this UsageLease lease, ReplyMeasurements reply, ReplyFailure? failure, TokenUsage? usage)
    {
        lease.Note(Find(lease.Reservation, reply.Model, failure, usage, reply.Events));
        reply.Store = lease.IsStored ? lease.Decision.Name() : null;
    }

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
