using System.Buffers;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>A non-streaming response of the Responses API.</summary>
/// <param name="sendsHeartbeats">True to send heartbeats: see <see cref="RelaySettings.WholeReplyHeartbeat"/>.</param>
internal sealed class WholeResponse(HttpResponse response, ResponseResource resource, ResponseState state, bool sendsHeartbeats)
    : IReplyWriter
{
    private readonly JsonResponse _json = new(response);
    private bool _isTooLong; // True if the document does not fit into the HTTP response.

    public ReplyFailure? Failure => _isTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : state.Failure;

    public bool SendsHeartbeats => sendsHeartbeats;

    public bool MustBreakOff => _json.MustBreakOff;

    public long UnflushedBytes => 0; // Chunks are collected up to a cap, and are not written before the end.

    public long SentBytes => _json.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk) => state.Add(chunk);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask SendHeartbeatAsync() => _json.SendHeartbeatAsync();

    public async Task EndAsync(ReplyEnd end)
    {
        var document = new ByteBuffer(1024);
        if (end.Failure is null)
        {
            state.End(isFailed: false);
            resource.WriteEnd(document, state, end);
        }

        _isTooLong = await _json.EndAsync(end.Failure, output => output.Write(document.Span)) is { Kind: FailureKind.ReplyTooLong };
    }
}
