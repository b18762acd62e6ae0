using System.Security.Cryptography;
using LambdaChat.Limits;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>Relays a reply of a chat page. If there is a store, it is stored as the last reply of its conversation.</summary>
internal sealed class ConversationCall(RelayedCall relay, StoredCall stored, StoredReplies replies)
{
    /// <param name="lease">Null if the caller has no limits.</param>
    /// <param name="name">The name of the conversation; null for none.</param>
    /// <param name="createRequest">Creates what is stored of the request. Not called if the reply is not stored.</param>
    /// <exception cref="RelayFailedException">The reply failed, and the response must be aborted.</exception>
    public async Task RunAsync(
        HttpContext context, RelayRequest call, UsageLease? lease, IReplyWriter writer, string? name,
        Func<ReadOnlyMemory<byte>> createRequest)
    {
        if (name is null || !replies.IsAvailable || lease?.Failure is not null)
        {
            await relay.RunAsync(context, call, lease, writer);
            return;
        }

        var id = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var producer = replies.Start(context, id, createRequest(), name);
        await stored.RunAsync(context, call, lease, writer, producer);
    }
}
