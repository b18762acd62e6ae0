using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.UiMessages;

/// <summary>
/// <c>GET</c> and <c>DELETE /api/chat/{id}/stream</c>: the last reply of a conversation. Conversations are named by clients, so a name
/// belongs to its caller. Source: https://ai-sdk.dev/docs/ai-sdk-ui/chatbot-resume-streams
/// </summary>
internal sealed class StoredUiMessageEndpoints(StoredReplies replies, StoredReplay replay)
{
    /// <summary>The response header with the conversation's id in the path, from which assistant-ui resumes a reply.</summary>
    public const string PathIdHeader = "x-resumable-stream-id";

    private const int MaximumPathId = 1024; // Characters, because proxies limit headers and paths.

    /// <summary>Tells assistant-ui that the reply can be resumed. A longer id, which no client makes, is not told.</summary>
    public static void SetPathId(HttpResponse response, string chatId)
    {
        if (chatId.Length <= MaximumPathId && Uri.EscapeDataString(chatId) is { Length: <= MaximumPathId } id)
        {
            response.Headers[PathIdHeader] = id;
        }
    }

    /// <summary>The name of the last reply of a conversation.</summary>
    public static string NameOf(string chatId) => $"api/chat {chatId}";

    /// <summary>Writes the reply from its start; 204 if the chat has no stored reply, or if the reply was stopped.</summary>
    public async Task ResumeAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (replies.IsAvailable)
        {
            await replies.RunAsync(context, () => ReplayAsync(context));
        }
    }

    /// <summary>Stops the reply if it is running. 204 in any case.</summary>
    public Task StopAsync(HttpContext context) => replies.RunAsync(context, async () =>
    {
        if (await FindAsync(context) is { } id)
        {
            await replies.CancelAsync(context, id);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    private async Task ReplayAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } id || await replies.OpenAsync(context, id) is not { } stored)
        {
            return;
        }

        using (stored)
        {
            if (stored.Reader.Head is { Status: ReplyStatus.Cancelled })
            {
                return; // The page keeps the text that it had when it was stopped.
            }

            context.Response.StatusCode = StatusCodes.Status200OK;
            var reply = StoredUiMessage.Read(stored.Request).CreateWriter(context.Response, isResumed: true);
            reply.Start();
            try
            {
                await replay.RunAsync(context, stored.Reader, reply, JsonText.Quote(id));
            }
            catch (RelayFailedException exception)
            {
                // Clients treat a stream that just ends as a complete reply.
                await reply.EndAsync(new ReplyEnd(exception.Failure, [], Usage: null));
                throw;
            }
        }
    }

    private Task<string?> FindAsync(HttpContext context) =>
        replies.FindNameAsync(context, NameOf(RouteText.Of(context, "id")));
}
