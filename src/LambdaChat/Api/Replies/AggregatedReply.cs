using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>A non-streaming reply, joined from chunks. Its heartbeats are line feeds, which JSON parsers skip.</summary>
/// <param name="sendsHeartbeats">True to send heartbeats: see <see cref="RelaySettings.WholeReplyHeartbeat"/>.</param>
/// <param name="isChat">False for a text completion.</param>
internal sealed class AggregatedReply(HttpResponse response, bool sendsHeartbeats, bool isChat = true) : IReplyWriter
{
    private const int Copies = 3; // Of the completion: its parts, in buffers that double, and the response.
    private const int MaximumTextLength = 32 * 1024 * 1024; // With `echo`, the logprobs of the prompt are a part of the completion.

    private readonly CompletionBuilder _completion = new(isChat ? CompletionBuilder.MaximumLength : MaximumTextLength, isChat);
    private readonly JsonResponse _json = new(response);
    private bool _isTooLong; // True if the document does not fit into the HTTP response.

    public ReplyFailure? Failure => _isTooLong || _completion.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : null;

    public bool SendsHeartbeats => sendsHeartbeats;

    public bool MustBreakOff => _json.MustBreakOff;

    public long UnflushedBytes => 0; // Chunks are collected up to a cap, and are not written before the end.

    public long HeldBytes => Copies * (long)_completion.Length;

    public long SentBytes => _json.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk) => _completion.Write(chunk);

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask SendHeartbeatAsync() => _json.SendHeartbeatAsync();

    public async Task EndAsync(ReplyEnd end) =>
        _isTooLong = await _json.EndAsync(end.Failure, _completion.WriteTo) is { Kind: FailureKind.ReplyTooLong };
}
