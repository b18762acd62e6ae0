using System.Security.Cryptography;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
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
    RequestReader requests, RelayedCall relay, TimeProvider timeProvider, StoredReplies replies, StoredCall stored,
    UsageLimiter? limiter = null)
{
    public async Task CreateAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat, UiMessagesRequest.ModelName);
        using var document = incoming.ParseDocument();
        var request = new UiMessagesRequest(document.RootElement);
        var chat = new TranslatedChat(incoming, request.ToChat(), request.SystemLength) { Conversation = request.ChatId };
        var id = $"msg_{context.TraceIdentifier}";
        var message = new StoredUiMessage(request.ContinuedId ?? id, incoming.ModelName, request.Ids.Used, []);
        var call = chat.CreateStream(id, timeProvider);
        var lease = chat.Reserve(context, limiter);
        var reply = message.CreateWriter(context.Response, isResumed: false);
        if (request.ChatId is not { } chatId || !replies.IsAvailable || lease?.Failure is not null)
        {
            await relay.RunAsync(context, call, lease, reply);
            return;
        }

        message = request.Continued is { } continued ? message with { Earlier = EarlierSteps.Write(continued) } : message;
        var storedId = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var log = replies.Start(context, storedId, message.Write());
        StoredUiMessageEndpoints.SetPathId(context.Response, chatId);
        var naming = replies.SetNameAsync(context, StoredUiMessageEndpoints.NameOf(chatId), storedId);
        await stored.RunAsync(context, call, lease, reply, log);
        await naming;
    }
}
