using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>A non-streaming reply of the Messages API.</summary>
internal sealed class WholeMessage : WholeReply, IDisposable
{
    private const int Copies = 3; // Of the message, in a buffer that doubles.

    private readonly MessageHead _head;
    private readonly MessageContent _content;
    private readonly MessageState _state;

    public WholeMessage(HttpResponse response, MessageHead head, IReadOnlyList<string> stopSequences, bool sendsHeartbeats)
        : base(response, sendsHeartbeats)
    {
        _head = head;
        _content = new MessageContent(head);
        _state = new MessageState(_content, stopSequences, head.IsWarmUp);
        response.RegisterForDispose(this);
    }

    public override ReplyFailure? Failure =>
        base.Failure ?? (_content.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : _state.Failure);

    public override long HeldBytes => Copies * (long)_content.Length;

    public override bool Write(ReadOnlySpan<byte> chunk) => _state.Add(chunk) && !_content.IsTooLong;

    /// <summary>Returns the memory of the reply. The response does this when it has ended.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _content.Dispose();
        _head.Thinking.Dispose();
    }

    protected override IReadOnlyList<ReadOnlyMemory<byte>> CreateDocument(ReplyEnd end)
    {
        _state.End();
        _content.End(_state);
        return [_content.Json];
    }
}
