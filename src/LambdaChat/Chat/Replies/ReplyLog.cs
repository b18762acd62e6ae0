using LambdaChat.Authentication;
using LambdaChat.Chat.Chunks;
using LambdaChat.Errors;
using LambdaChat.Models;

namespace LambdaChat.Chat.Replies;

/// <summary>One line for each reply: ids, counts and durations only.</summary>
internal sealed partial class ReplyLog(TimeProvider timeProvider, ILogger<ReplyLog> logger)
{
    public MeasuredReply Begin(HttpContext context, Model model) => new(model, timeProvider.GetTimestamp(), GC.GetTotalAllocatedBytes());

    public void End(HttpContext context, MeasuredReply reply, RelayFailure? failure, TokenUsage? usage)
    {
        var (level, outcome) = failure?.Error switch
        {
            null => (LogLevel.Information, "completed"),
            RelayError.ClientGone => (LogLevel.Information, "was cancelled by the client"),
            RelayError.LimitReached => (LogLevel.Information, $"was refused by a limit ({failure.Detail})"),
            { } error => (LogLevel.Error, failure.Detail is null ? $"failed with {error}" : $"failed with {error} ({failure.Detail})"),
        };
        var caller = Caller.Of(context);
        var milliseconds = (long)timeProvider.GetElapsedTime(reply.Start).TotalMilliseconds;
        var allocated = GC.GetTotalAllocatedBytes() - reply.Allocated;
        Ended(
            level, context.TraceIdentifier, caller.Name, reply.Model.Name, outcome, reply.Events, milliseconds, allocated, usage?.Prompt, usage?.Completion, reply.Target, reply.Attempts, reply.Held, reply.Store);
    }

    [LoggerMessage("Reply {RequestId} to {Key} by {Model} {Outcome}: {Events} events in {Milliseconds} ms, {Allocated} bytes allocated, {PromptTokens} tokens in, {CompletionTokens} out, target {Target}, {Attempts} attempts, at most {Held} bytes held, table of limits {Store}.")]
    private partial void Ended(
        LogLevel level, string requestId, string? key, string model, string outcome, int events, long milliseconds, long allocated, long? promptTokens, long? completionTokens, int target, int attempts, long held, string store);
}
