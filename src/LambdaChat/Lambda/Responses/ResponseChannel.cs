using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>Sends the response of one invocation to the Runtime API.</summary>
/// <param name="maximumLength">Maximum length of <see cref="Body"/>, in bytes.</param>
internal abstract class ResponseChannel(int maximumLength) : IDisposable
{
    /// <summary>The body bytes that are not sent yet.</summary>
    public ResponseBuffer Body { get; } = new(maximumLength);

    /// <summary>The reason why the Runtime API did not accept the response. Null if it did.</summary>
    public string? Failure { get; protected set; }

    /// <summary>Sends <see cref="Body"/> if the channel streams. False if the connection is broken.</summary>
    public abstract ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken);

    /// <summary>Sends the remaining bytes and ends the response. Later calls do nothing.</summary>
    public abstract ValueTask CompleteAsync(LambdaResponse response);

    /// <summary>Ends the response with an error, before or after its start. Later calls do nothing.</summary>
    public abstract ValueTask FailAsync(InvocationError error);

    public virtual void Dispose() => Body.Dispose();
}
