using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies;

/// <summary>Connects the limits to requests and replies.</summary>
internal static class UsageSettlement
{
    private const int TokensPerSecond = 50; // What a large model generates for one choice.

    /// <summary>Reserves usage for a request. Null if neither its caller nor its model has limits.</summary>
    /// <param name="estimate">The maximum usage of the request in tokens.</param>
    public static UsageLease? Reserve(this UsageLimiter limiter, HttpContext context, Model model, Func<TokenEstimate> estimate) =>
        limiter.Reserve(context.Response, CallerLimits.Of(context), model, estimate);

    /// <summary>Records the usage of a reply, as <see cref="Find"/> finds it.</summary>
    /// <returns>The outcome. The usage that the model server reported is at most what the request can have used.</returns>
    public static ReplyOutcome Note(this UsageLease lease, ReplyOutcome outcome)
    {
        var estimate = lease.Reservation.Estimate;
        outcome = outcome with { Usage = Bound(estimate, outcome) };
        lease.Note(Find(estimate, outcome));
        return outcome;
    }

    /// <summary>
    /// The numbers of the model server, or else the estimated prompt and the tokens of the events. A reply without an event counts its
    /// prompt if its caller, a limit of the function or a timeout ended it, because the model had started; a call that does not stream also
    /// counts the tokens of the time for which the model has worked. It counts one request and no tokens if the model failed. An event or a
    /// document that could not be held counts what the request has reserved.
    /// </summary>
    public static Usage Find(TokenEstimate estimate, ReplyOutcome outcome)
    {
        var (measurements, failure, usage) = outcome;
        var (model, tokens) = (measurements.Model, measurements.Tokens);
        return failure?.Kind switch
        {
            FailureKind.LimitReached or FailureKind.LimitsUnknown => Usage.Nothing,
            _ when usage is (var prompt, var completion) && prompt + completion > 0 =>
                Usage.Of(model, prompt > 0 ? prompt : estimate.Prompt, completion > 0 ? completion : tokens),
            _ when failure is null || tokens > 0 => Usage.Of(model, estimate.Prompt, tokens),
            // The model has made a reply that the function did not read to its end.
            FailureKind.ReplyTooLong or FailureKind.ServerOverloaded or FailureKind.RecordTooLong =>
                Usage.Of(model, estimate.Prompt, estimate.Completion),
            FailureKind.ClientGone or FailureKind.Cancelled or FailureKind.DeadlineExceeded or FailureKind.ModelSilent
                or FailureKind.ReplyTooSlow or FailureKind.ModelTimeout =>
                Usage.Of(model, estimate.Prompt, Math.Min(estimate.Completion, TokensOf(measurements.WorkTime) * estimate.Choices)),
            _ => Usage.OneRequest,
        };
    }

    // A larger number is reported by a server that is wrong, or that reads a member of the request which the function does not know. The
    // tokens that came are counted in either case.
    private static TokenUsage? Bound(TokenEstimate estimate, ReplyOutcome outcome)
    {
        if (outcome.Usage is not { } usage)
        {
            return null;
        }

        var (prompt, completion) = (Math.Min(usage.Prompt, estimate.MaximumPrompt),
            Math.Min(usage.Completion, Math.Max(estimate.MaximumCompletion, outcome.Measurements.Tokens)));
        return usage with
        {
            Prompt = prompt,
            Completion = completion,
            Cached = usage.Cached is { } cached ? Math.Min(cached, prompt) : null,
            Reasoning = usage.Reasoning is { } reasoning ? Math.Min(reasoning, completion) : null,
        };
    }

    private static long TokensOf(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds * TokensPerSecond);
}
