using System.Globalization;
using System.Text;
using LambdaChat.Http;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies;

/// <summary>
/// The response to a token count request: the prompt tokens of the usage. Without a usage it is an error, after which clients estimate. A
/// wrong number would mislead them. Without heartbeats, the status stays open.
/// </summary>
/// <param name="members">The members before <c>input_tokens</c>, with their commas.</param>
internal sealed class TokenCount(HttpResponse response, string members = "") : WholeReply(response, sendsHeartbeats: false)
{
    /// <summary>404: the model does not count tokens.</summary>
    public static ApiError NotCounted { get; } = ApiError.Refused(
        StatusCodes.Status404NotFound, "tokens_not_counted", "This model does not count tokens.");

    public override bool Write(ReadOnlySpan<byte> chunk) => true;

    public override Task EndAsync(ReplyEnd end) =>
        end is { Failure: null, Usage: null or { Prompt: 0 } } ? NotCounted.WriteAsync(Http) : base.EndAsync(end);

    protected override IReadOnlyList<ReadOnlyMemory<byte>> CreateDocument(ReplyEnd end) =>
        [Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{{members}\"input_tokens\":{end.Usage?.Prompt ?? 0}}}"))];
}
