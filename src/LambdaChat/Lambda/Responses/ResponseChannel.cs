using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>How the answer to one invocation travels to the Runtime API.</summary>
internal abstract class ResponseChannel : IDisposable
{
    /// <summary>What was written and not sent.</summary>
    public ResponseBuffer Body { get; } = new();

    /// <summary>Sends what can be sent before the end; false where nobody takes it any more.</summary>
    public abstract ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken);

    /// <summary>Sends the rest and ends the answer; does nothing the second time.</summary>
    public abstract ValueTask CompleteAsync(LambdaResponse response);

    /// <summary>Ends the answer as a failure, however far it has come.</summary>
    public abstract ValueTask FailAsync(InvocationError error);

    public void Dispose() => Body.Dispose();
}
