using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>A non-streaming response of the Responses API.</summary>
internal sealed class WholeResponse : WholeReply
{
    private readonly ResponseResource _resource;
    private readonly ResponseState _state;

    public WholeResponse(HttpResponse response, ResponseView view, ResponseResource resource, bool sendsHeartbeats)
        : base(response, sendsHeartbeats)
    {
        _resource = resource;
        _state = view.CreateState(events: null);
        response.RegisterForDispose(_state);
    }

    public override ReplyFailure? Failure => base.Failure ?? _state.Failure;

    public override long HeldBytes => _state.HeldBytes;

    public override bool Write(ReadOnlySpan<byte> chunk) => _state.Add(chunk);

    protected override IReadOnlyList<ReadOnlyMemory<byte>> CreateDocument(ReplyEnd end)
    {
        var document = new ByteBuffer(1024);
        _state.End(isFailed: false);
        _resource.WriteEnd(document, _state, end);
        return [document.Memory];
    }
}
