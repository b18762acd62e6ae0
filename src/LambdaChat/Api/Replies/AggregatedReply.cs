using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>A non-streaming reply, joined from chunks.</summary>
/// <param name="isChat">False for a text completion.</param>
internal sealed class AggregatedReply(HttpResponse response, bool sendsHeartbeats, bool isChat = true)
    : WholeReply(response, sendsHeartbeats)
{
    private const int Copies = 3; // Of the completion: its parts, in buffers that double, and the response.
    private const int MaximumTextLength = 32 * 1024 * 1024; // With `echo`, the logprobs of the prompt are a part of the completion.

    private readonly CompletionBuilder _completion = new(isChat ? CompletionBuilder.MaximumLength : MaximumTextLength, isChat);

    public override ReplyFailure? Failure =>
        base.Failure ?? (_completion.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : null);

    public override long HeldBytes => Copies * (long)_completion.Length;

    public override bool Write(ReadOnlySpan<byte> chunk) => _completion.Write(chunk);

    protected override IReadOnlyList<ReadOnlyMemory<byte>> CreateDocument(ReplyEnd end)
    {
        var document = new DocumentBuffer();
        _completion.WriteTo(document);
        return document.Finish();
    }
}
