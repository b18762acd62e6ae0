using LambdaChat.Chat.Chunks;
using LambdaChat.Errors;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Chat.Replies;

internal static class PermitExtensions
{
    /// <summary>
    /// Notes what a reply has used: the usage that the model server told; without it the prompt as it was guessed and a token for each event.
    /// A call that failed without an event costs its prompt where the model was at work on it, else nothing but a request.
    /// </summary>
    public static void Note(this Permit permit, MeasuredReply reply, RelayFailure? failure, TokenUsage? usage)
    {
        permit.Note(Find(permit.Booking, reply.Model, failure, usage, reply.Events));
        reply.Store = permit.IsStored ? permit.Verdict.Name() : null;
    }

    private static Spent Find(Booking booking, Model model, RelayFailure? failure, TokenUsage? usage, int events) => failure?.Error switch
    {
        RelayError.LimitReached or RelayError.LimitsUnknown => Spent.Nothing,
        _ when usage is { Prompt: > 0 } or { Completion: > 0 } => Spent.Of(model, usage.Prompt, usage.Completion),
        _ when events > 0 => Spent.Of(model, booking.Estimate.Prompt, events),
        RelayError.ClientGone or RelayError.DeadlineExceeded or RelayError.ModelSilent or RelayError.ReplyTooSlow or RelayError.ModelTimeout =>
            Spent.Of(model, booking.Estimate.Prompt, completion: 0),
        _ => Spent.Of(model, prompt: 0, completion: 0),
    };
}
