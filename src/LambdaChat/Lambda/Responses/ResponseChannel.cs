using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>Sends the response of one invocation to the Runtime API.</summary>
internal abstract class ResponseChannel : IDisposable
{
    /// <summary>The body bytes that are not sent yet.</summary>
    public ResponseBuffer Body { get; } = new();

    /// <summary>Sends <see cref="Body"/> if the channel streams. False if the connection is broken.</summary>
    public abstract ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken);

    /// <summary>Sends the remaining bytes and ends the response. Later calls do nothing.</summary>
    public abstract ValueTask CompleteAsync(LambdaResponse response);

    /// <summary>Ends the response with an error, before or after its start. Later calls do nothing.</summary>
    public abstract ValueTask FailAsync(InvocationError error);

    public void Dispose() => Body.Dispose();
}
