using System.Diagnostics;

namespace LambdaChat.Local.Lambda;

/// <summary>One invocation on its way: from the function URL to an environment, and the answer back to the client.</summary>
internal sealed class PendingInvocation(HttpContext client, byte[] payload, DateTimeOffset deadline)
{
    private readonly TaskCompletionSource<InvocationOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string RequestId { get; } = Guid.NewGuid().ToString();

    public HttpContext Client => client;

    public byte[] Payload => payload;

    public DateTimeOffset Deadline => deadline;

    public Stopwatch Duration { get; } = new();

    /// <summary>How it ended.</summary>
    public Task<InvocationOutcome> Completion => _completion.Task;

    public bool TryComplete(InvocationOutcome outcome) => _completion.TrySetResult(outcome);
}

/// <summary>How an invocation ended.</summary>
/// <param name="ErrorType">Null where it went well.</param>
/// <param name="HasStarted">True where the client has part of an answer.</param>
internal sealed record InvocationOutcome(string? ErrorType = null, string? ErrorMessage = null, bool HasStarted = false);
