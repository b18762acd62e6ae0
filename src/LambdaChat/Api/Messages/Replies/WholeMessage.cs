using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>A non-streaming reply of the Messages API.</summary>
internal sealed class WholeMessage : IReplyWriter, IDisposable
{
    private const int Copies = 3; // Of the message, in a buffer that doubles.

    private readonly MessageHead _head;
    private readonly MessageContent _content;
    private readonly MessageState _state;
    private readonly JsonResponse _json;
    private bool _isTooLong; // True if the document does not fit into the HTTP response.

    /// <param name="sendsHeartbeats">True to send heartbeats: see <see cref="RelaySettings.WholeReplyHeartbeat"/>.</param>
    public WholeMessage(HttpResponse response, MessageHead head, IReadOnlyList<string> stopSequences, bool sendsHeartbeats)
    {
        SendsHeartbeats = sendsHeartbeats;
        (_head, _json) = (head, new JsonResponse(response));
        _content = new MessageContent(head);
        _state = new MessageState(_content, stopSequences);
        response.RegisterForDispose(this);
    }

    public ReplyFailure? Failure => _isTooLong || _content.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : _state.Failure;

    public bool SendsHeartbeats { get; }

    public bool MustBreakOff => _json.MustBreakOff;

    public long UnflushedBytes => 0; // Chunks are collected up to a cap, and are not written before the end.

    public long HeldBytes => Copies * (long)_content.Length;

    public long SentBytes => _json.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk) => _state.Add(chunk) && !_content.IsTooLong;

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask SendHeartbeatAsync() => _json.SendHeartbeatAsync();

    public async Task EndAsync(ReplyEnd end)
    {
        if (end.Failure is null)
        {
            _state.End();
            _content.End(_state);
        }

        _isTooLong = await _json.EndAsync(end.Failure, [_content.Json]) is { Kind: FailureKind.ReplyTooLong };
    }

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _content.Dispose();
        _head.Thinking.Dispose();
    }
}
