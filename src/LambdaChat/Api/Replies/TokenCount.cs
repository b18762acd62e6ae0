using System.Buffers;
using System.Text;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Relay;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies;

/// <summary>
/// The response to a token count request: the prompt tokens of the usage. Without a usage it is an error, after which clients estimate. A
/// wrong number would mislead them.
/// </summary>
/// <param name="members">The members before <c>input_tokens</c>, with their commas.</param>
internal sealed class TokenCount(HttpResponse response, string members = "") : IReplyWriter
{
    private readonly JsonResponse _json = new(response);

    /// <summary>404: the model does not count tokens.</summary>
    public static OpenAIError NotCounted { get; } = OpenAIError.Refused(
        StatusCodes.Status404NotFound, "tokens_not_counted", "This model does not count tokens.");

    public ReplyFailure? Failure => null;

    public bool SendsHeartbeats => false; // The status stays open.

    public bool MustBreakOff => _json.MustBreakOff;

    public long UnflushedBytes => 0;

    public long SentBytes => _json.SentBytes;

    public bool Write(ReadOnlySpan<byte> chunk) => true;

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask SendHeartbeatAsync() => ValueTask.CompletedTask;

    public async Task EndAsync(ReplyEnd end)
    {
        if (end is { Failure: null, Usage: null or { Prompt: 0 } })
        {
            await NotCounted.WriteAsync(response);
            return;
        }

        await _json.EndAsync(end.Failure, output =>
        {
            var json = new ByteBuffer(64);
            json.Append("{"u8);
            json.Append(Encoding.UTF8.GetBytes(members));
            json.Append("\"input_tokens\":"u8);
            json.AppendNumber(end.Usage?.Prompt ?? 0);
            json.Append("}"u8);
            output.Write(json.Span);
        });
    }
}
