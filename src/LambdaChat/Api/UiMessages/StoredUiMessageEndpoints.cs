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

    private const string ToolCallMember = "tool_call_id"; // The last call whose result the page has.
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

    /// <summary>
    /// Writes the reply from its start; 204 if the chat has no stored reply, or if the reply was stopped, or has ended with a tool call
    /// whose result the page has.
    /// </summary>
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
    private static BlockStream? CreateWriter(HttpContext context, StoredReply stored)
    {
        var message = StoredUiMessage.Read(stored.Request);
        return stored.Reader.Head is { Status: ReplyStatus.Cancelled } || HasPageReply(context.Request, stored, message.Blocks)
            ? null
            : message.CreateWriter(context.Response, isResumed: true);
    }

    // The page has a result of a call that is not before the reply, so the call is of this reply. The page would run it again.
    private static bool HasPageReply(HttpRequest request, StoredReply stored, StoredBlocks blocks) =>
        stored.Reader.Ending is not null && request.Query[ToolCallMember].ToString() is { Length: > 0 } id
        && !blocks.ToolCalls.Contains(id, StringComparer.Ordinal);
}
