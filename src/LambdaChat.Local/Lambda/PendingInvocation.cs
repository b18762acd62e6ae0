using System.Diagnostics;

namespace LambdaChat.Local.Lambda;

/// <summary>An invocation that waits for the response of the function.</summary>
internal sealed class PendingInvocation(HttpContext client, byte[] payload, DateTimeOffset deadline)
{
    private readonly TaskCompletionSource _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<InvocationOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string RequestId { get; } = Guid.NewGuid().ToString();

    /// <summary>Identifies the delivery of the invocation; used on Managed Instances.</summary>
    public string InvocationId { get; } = Guid.NewGuid().ToString();

    public HttpContext Client => client;

    public byte[] Payload => payload;

    public DateTimeOffset Deadline => deadline;

    public Stopwatch Duration { get; } = new();

    /// <summary>The log lines of the ended invocation; none if the environment was disposed.</summary>
    public IReadOnlyList<string> Report { get; set; } = [];

    public Task<InvocationOutcome> Completion => _completion.Task;

    /// <summary>Completes when the function has given up its response, and polls again.</summary>
    public Task GivenUp => _givenUp.Task;

    public void GiveUp() => _givenUp.TrySetResult();

    public bool TryComplete(InvocationOutcome outcome) => _completion.TrySetResult(outcome);
}

/// <summary>The end of an invocation.</summary>
/// <param name="ErrorType">Null on success.</param>
/// <param name="HasStarted">True if part of the response was sent to the client.</param>
internal sealed record InvocationOutcome(string? ErrorType = null, string? ErrorMessage = null, bool HasStarted = false);
