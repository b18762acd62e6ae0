using System.Text.Json;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.UiMessages;

/// <summary>
/// <c>POST /api/chat</c>: the protocol of the AI SDK's <c>useChat</c>, so that a page needs no server of its own. Each request becomes a
/// chat completion request. Source: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
/// </summary>
internal sealed class UiMessagesEndpoint(
    RequestReader requests, RelayedCall relay, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    public async Task CreateAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat, UiMessagesRequest.ModelName);
        incoming.Body.Reserve(incoming.Json.Body.Length); // For the document.
        using var document = JsonDocument.Parse(incoming.Json.Body, RequestItem.Options);
        var request = new UiMessagesRequest(document.RootElement);
        var chat = new TranslatedChat(incoming, request.ToChat()) { Conversation = request.ChatId };
        var id = $"msg_{context.TraceIdentifier}";
        var reply = new BlockStream(
            context.Response,
            output => new UiMessageEvents(request.ContinuedId ?? id, incoming.ModelName, request.Ids, output));
        await relay.RunAsync(context, chat.CreateStream(id, timeProvider), chat.Reserve(context, limiter), reply);
    }

    /// <summary>204: replies are not stored, so there is none to resume.</summary>
    public static Task ResumeAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
