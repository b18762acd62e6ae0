using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.UiMessages;

/// <summary>
/// <c>POST /api/chat</c>: the protocol of the AI SDK's <c>useChat</c>, so that a page needs no separate server. Each request becomes a chat
/// completion request. Source: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
/// </summary>
internal sealed class UiMessagesEndpoint(
    RequestReader requests, ConversationCall conversation, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    public async Task CreateAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat, UiMessagesRequest.ModelName);
        using var document = incoming.ParseDocument();
        var request = new UiMessagesRequest(document.RootElement);
        var chat = new ChatCall(incoming, request.ToChat(), request.SystemLength) { Conversation = request.ChatId };
        var id = $"msg_{context.TraceIdentifier}";
        var message = new StoredUiMessage(new StoredBlocks(request.ContinuedId ?? id, incoming.ModelName, request.Ids.Used), []);
        var call = chat.CreateStream(id, timeProvider);
        var lease = chat.Reserve(context, limiter);
        var reply = message.CreateWriter(context.Response, isResumed: false);
        var name = request.ChatId is { } chatId ? StoredUiMessageEndpoints.NameOf(chatId) : null;
        await conversation.RunAsync(context, call, lease, reply, name, () => Store(context.Response, request, message));
    }

    private static ReadOnlyMemory<byte> Store(HttpResponse response, UiMessagesRequest request, StoredUiMessage message)
    {
        StoredUiMessageEndpoints.SetPathId(response, request.ChatId!);
        return (request.Continued is { } continued ? message with { Earlier = EarlierSteps.Write(continued) } : message).Write();
    }
}
