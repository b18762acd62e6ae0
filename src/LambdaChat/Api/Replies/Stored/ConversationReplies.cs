using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>
/// The last stored reply of each conversation of a chat page. Conversations are named by clients, so a name belongs to its caller.
/// </summary>
internal sealed class ConversationReplies(StoredReplies replies, ReplyPlayback playback)
{
    /// <summary>Writes the reply from its start. Returns false if there is no such reply, or no store.</summary>
    /// <param name="createWriter">Creates the writer of the reply; null if it is not to be resumed.</param>
    /// <exception cref="ErrorResponseException">The store failed, or the caller reads too often.</exception>
    public async Task<bool> TryReplayAsync(HttpContext context, string name, Func<StoredReply, BlockStream?> createWriter)
    {
        var hasReply = false;
        if (replies.IsAvailable)
        {
            await replies.RunAsync(context, async () => hasReply = await ReplayAsync(context, name, createWriter));
        }

        return hasReply;
    }

    /// <summary>Stops the reply if it is running. The response is 204 in any case.</summary>
    /// <exception cref="ErrorResponseException">There is no store, or it failed, or the caller stops too often.</exception>
    public Task StopAsync(HttpContext context, string name) => replies.RunAsync(
        context,
        async () =>
        {
            await replies.CancelNamedAsync(context, name);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        },
        isStop: true);

    private async Task<bool> ReplayAsync(HttpContext context, string name, Func<StoredReply, BlockStream?> createWriter)
    {
        if (await replies.FindNameAsync(context, name) is not { } named
            || await replies.OpenAsync(context, named.Id, search: null, named.At) is not { } stored)
        {
            return false;
        }

        using (stored)
        {
            if (createWriter(stored) is not { } reply)
            {
                return false;
            }

            reply.Start();
            try
            {
                await playback.RunAsync(context, stored.Reader, reply, JsonText.Quote(named.Id), stored.Memory);
            }
            catch (RelayFailedException exception)
            {
                // Clients treat a stream that just ends as a complete reply.
                await reply.EndAsync(new ReplyEnd(exception.Failure, [], Usage: null));
                throw;
            }

            return true;
        }
    }
}
