using LambdaChat.Authentication.Callers;
using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies;

/// <summary>Connects the limits to requests and replies.</summary>
internal static class UsageSettlement
{
    /// <summary>Reserves usage for a request. Null if neither its caller nor its model has limits.</summary>
    /// <param name="estimate">The maximum usage of the request in tokens.</param>
    public static UsageLease? Reserve(this UsageLimiter limiter, HttpContext context, Model model, Func<TokenEstimate> estimate)
    {
        var caller = Caller.Of(context);
        return limiter.Reserve(context.Response, caller.Name, caller.Limits, model, estimate);
    }

    /// <summary>Records the usage of a reply, as <see cref="Find"/> finds it.</summary>
    /// <returns>The outcome. It has no usage if the request cannot have used as much as the model server reported.</returns>
    public static ReplyOutcome Note(this UsageLease lease, ReplyOutcome outcome)
    {
        var (measurements, failure, usage) = outcome;
        var estimate = lease.Reservation.Estimate;
        usage = usage is var (prompt, completion) && estimate.Allows(prompt, completion) ? usage : null;
        lease.Note(Find(estimate, measurements.Model, failure, usage, measurements.Events));
        return outcome with { Usage = usage };
    }

    /// <summary>
    /// The numbers of the model server, or else the estimated prompt and one token for each event. A reply without an event counts its
    /// prompt if its caller, a limit of the function or a timeout ended it, because the model had started. It counts one request and no
    /// tokens if the model failed. A document that could not be held counts what the request has reserved.
    /// </summary>
    public static Usage Find(TokenEstimate estimate, Model model, ReplyFailure? failure, TokenUsage? usage, int events) =>
        failure?.Kind switch
        {
            FailureKind.LimitReached or FailureKind.LimitsUnknown => Usage.Nothing,
            _ when usage is (var prompt, var completion) && prompt + completion > 0 => Usage.Of(model, prompt, completion),
            _ when events > 0 => Usage.Of(model, estimate.Prompt, events),
            // The model has made a reply that the function did not read to its end.
            FailureKind.ReplyTooLong or FailureKind.ServerOverloaded => Usage.Of(model, estimate.Prompt, estimate.Completion),
            FailureKind.ClientGone or FailureKind.Cancelled or FailureKind.DeadlineExceeded or FailureKind.ModelSilent
                or FailureKind.ReplyTooSlow or FailureKind.ModelTimeout or FailureKind.RecordTooLong =>
                Usage.Of(model, estimate.Prompt, completion: 0),
            _ => Usage.OneRequest,
        };
}
