using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>
/// A non-streaming reply: its chunks are collected up to a cap, and its end is one JSON document. Its heartbeats are line feeds, which JSON
/// parsers skip.
/// </summary>
/// <param name="sendsHeartbeats">True to send heartbeats: see <see cref="RelaySettings.WholeReplyHeartbeat"/>.</param>
internal abstract class WholeReply(HttpResponse response, bool sendsHeartbeats) : IReplyWriter
{
    private readonly JsonResponse _json = new(response);
    private bool _isTooLong; // True if the document does not fit into the HTTP response.

    public virtual ReplyFailure? Failure => _isTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : null;

    public bool SendsHeartbeats => sendsHeartbeats;

    public bool MustAbort => _json.MustAbort;

    public long UnflushedBytes => 0;

    public virtual long HeldBytes => 0;

    public long SentBytes => _json.SentBytes;

    protected HttpResponse Http => response;

    public abstract bool Write(ReadOnlySpan<byte> chunk);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask SendHeartbeatAsync() => _json.SendHeartbeatAsync();

    public virtual async Task EndAsync(ReplyEnd end) => _isTooLong =
        await _json.EndAsync(end.Failure, end.Failure is null ? CreateDocument(end) : []) is { Kind: FailureKind.ReplyTooLong };

    /// <summary>Creates the document of a complete reply.</summary>
    protected abstract IReadOnlyList<ReadOnlyMemory<byte>> CreateDocument(ReplyEnd end);
}
