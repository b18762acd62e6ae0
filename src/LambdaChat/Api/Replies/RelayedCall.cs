using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>Relays a reply, notes its usage for the caller's limits, and reports it.</summary>
internal sealed class RelayedCall(ReplyRelay relay, RelaySettings settings, ReplyReporter reporter, ReplyMemory replies)
{
    /// <param name="lease">Null if the caller has no limits.</param>
    /// <param name="isStored">Returns whether the store has the reply; null if it is not to be stored.</param>
    /// <exception cref="RelayFailedException">
    /// The reply failed after the response had started, and the response must be aborted: its writer cannot report the failure, or
    /// <c>ERROR_TRAILERS</c> is <c>always</c>.
    /// </exception>
    /// <exception cref="ErrorResponseException">The end of the reply could not be written, and the response has not started.</exception>
    public async Task RunAsync(
        HttpContext context, RelayRequest request, UsageLease? lease, IReplyWriter writer, Func<bool>? isStored = null)
    {
        using var memory = replies.Begin(context);
        var call = request with { Admission = request.Admission ?? LeaseAdmission.Of(lease), Memory = memory };
        var outcome = await relay.RunAsync(context, call, writer);
        outcome = lease?.Note(outcome) ?? outcome;
        reporter.End(context, outcome, lease?.DecisionName, isStored?.Invoke());
        RelayFailedException.ThrowIfBroken(
            context.Response, outcome, (settings.AlwaysAborts || writer.MustAbort) && context.Response.HasStarted);
    }
}
