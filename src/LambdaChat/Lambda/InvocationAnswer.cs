namespace LambdaChat.Lambda;

/// <summary>How the answer to one invocation travels to the Runtime API.</summary>
internal abstract class InvocationAnswer : IDisposable
{
    /// <summary>What was written and not sent.</summary>
    public ResponseBuffer Body { get; } = new();

    /// <summary>Sends what can be sent before the end; false where nobody takes it any more.</summary>
    public abstract ValueTask<bool> FlushAsync(InvocationResponse response, CancellationToken cancellationToken);

    /// <summary>Sends the rest and ends the answer; does nothing the second time.</summary>
    public abstract ValueTask CompleteAsync(InvocationResponse response);

    /// <summary>Ends the answer as a failure, however far it has come.</summary>
    public abstract ValueTask FailAsync(InvocationError error);

    public void Dispose() => Body.Dispose();
}
