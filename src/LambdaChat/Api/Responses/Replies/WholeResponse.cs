using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>A non-streaming response of the Responses API.</summary>
internal sealed class WholeResponse : IReplyWriter
{
    private readonly JsonResponse _json;
    private readonly ResponseResource _resource;
    private readonly ResponseState _state;
    private bool _isTooLong; // True if the document does not fit into the HTTP response.

    /// <param name="sendsHeartbeats">True to send heartbeats: see <see cref="RelaySettings.WholeReplyHeartbeat"/>.</param>
    public WholeResponse(HttpResponse response, ResponseView view, ResponseResource resource, bool sendsHeartbeats)
    {
        (_json, _resource, SendsHeartbeats) = (new JsonResponse(response), resource, sendsHeartbeats);
        _state = view.CreateState(events: null);
        response.RegisterForDispose(_state);
    }

    public ReplyFailure? Failure => _isTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : _state.Failure;

    public bool SendsHeartbeats { get; }

    public bool MustBreakOff => _json.MustBreakOff;

    public long UnflushedBytes => 0; // Chunks are collected up to a cap, and are not written before the end.

    public long HeldBytes => _state.HeldBytes;

    public long SentBytes => _json.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk) => _state.Add(chunk);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask SendHeartbeatAsync() => _json.SendHeartbeatAsync();

    public async Task EndAsync(ReplyEnd end)
    {
        var document = new ByteBuffer(1024);
        if (end.Failure is null)
        {
            _state.End(isFailed: false);
            _resource.WriteEnd(document, _state, end);
        }

        _isTooLong = await _json.EndAsync(end.Failure, [document.Memory]) is { Kind: FailureKind.ReplyTooLong };
    }
}
