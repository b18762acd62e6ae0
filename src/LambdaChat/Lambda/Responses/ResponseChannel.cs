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

    /// <summary>The bytes of <see cref="Body"/> that stay free for the end of a response, such as its error.</summary>
    protected const int Reserve = 64 * 1024;

    /// <summary>True if the bytes fit in addition to <see cref="Body"/>.</summary>
    public virtual bool HasRoom(ReadOnlySpan<byte> bytes) => Body.Length + (long)bytes.Length <= maximumLength - Reserve;

    /// <summary>True if the document fits in addition to <see cref="Body"/>.</summary>
    public virtual bool HasRoom(IReadOnlyList<ReadOnlyMemory<byte>> document) => true;

    /// <summary>Discards <see cref="Body"/>.</summary>
    public virtual void DiscardBody() => Body.Clear();

    /// <summary>Sends <see cref="Body"/> if the channel streams. False if the connection is broken.</summary>
    public abstract ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken);

    /// <summary>Sends the remaining bytes and ends the response. Later calls do nothing.</summary>
    public abstract ValueTask CompleteAsync(LambdaResponse response);

    /// <summary>Ends the response with an error, before or after its start. Later calls do nothing.</summary>
    public abstract ValueTask FailAsync(InvocationError error);

    public virtual void Dispose() => Body.Dispose();
}
