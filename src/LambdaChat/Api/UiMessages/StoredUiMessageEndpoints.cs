using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Http;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.UiMessages;

/// <summary>
/// <c>GET</c> and <c>DELETE /api/chat/{id}/stream</c>: the last reply of a conversation. Source:
/// https://ai-sdk.dev/docs/ai-sdk-ui/chatbot-resume-streams
/// </summary>
internal sealed class StoredUiMessageEndpoints(ConversationReplies conversations)
{
    /// <summary>The response header with the conversation's id in the path, from which assistant-ui resumes a reply.</summary>
    public const string PathIdHeader = "x-resumable-stream-id";

    private const int MaximumPathId = 1024; // Characters, because proxies limit headers and paths.

    /// <summary>Tells assistant-ui that the reply can be resumed. Omitted for longer ids, which no known client creates.</summary>
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
        if (!await conversations.TryReplayAsync(context, NameOf(context.GetRouteText("id")), stored => CreateWriter(context, stored)))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    /// <summary>Stops the reply if it is running. 204 in any case.</summary>
    public Task StopAsync(HttpContext context) => conversations.StopAsync(context, NameOf(context.GetRouteText("id")));

    // The page keeps the text that it had when the reply was stopped.
    private static BlockStream? CreateWriter(HttpContext context, StoredReply stored) =>
        stored.Reader.Head is { Status: ReplyStatus.Cancelled }
            ? null
            : StoredUiMessage.Read(stored.Request).CreateWriter(context.Response, isResumed: true);
}
