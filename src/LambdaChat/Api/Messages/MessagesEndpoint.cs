using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;

namespace LambdaChat.Api.Messages;

/// <summary>
/// <c>POST /v1/messages</c> and <c>POST /v1/messages/count_tokens</c>. Each request becomes a chat completion request, and the chunks of
/// its reply become a message. Source: https://docs.claude.com/en/api/messages
/// </summary>
internal sealed class MessagesEndpoint(
    RequestReader requests, RelayedCall relay, RelaySettings settings, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    public async Task CreateAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        var model = incoming.Model;
        var request = new MessagesRequest(incoming.Json, model);
        var chat = new ChatCall(incoming, request.ToChat(), request.SystemLength) { Conversation = request.FindSession() };
        var head = new MessageHead(IdOf(context), incoming.ModelName, request.CallIds)
        {
            Thinking = new MessageThinking(request.OmitsThinking),
            IsWarmUp = request.IsWarmUp,
        };
        IReplyWriter reply = request.IsStreamed
            ? new MessagesStream(context.Response, head, request.StopSequences)
            : new WholeMessage(context.Response, head, request.StopSequences, settings.WholeReplyHeartbeat);
        var call = request.IsWarmUp
            ? chat.CreateSingleCall(IdOf(context), Now)
            : chat.CreateCall(IdOf(context), Now, request.IsStreamed, chat.HidesThinking);
        await relay.RunAsync(context, call with { Release = chat.Release }, chat.Reserve(context, limiter), reply);
    }

    public async Task CountAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        var model = incoming.Model;
        if (!model.CountTokens)
        {
            throw new ErrorResponseException(TokenCount.NotCounted);
        }

        var request = new MessagesRequest(incoming.Json, model);
        var chat = new ChatCall(incoming, request.ToCount(), request.SystemLength) { Conversation = request.FindSession() };
        var call = chat.CreateSingleCall(IdOf(context), Now);
        await relay.RunAsync(context, call, chat.Reserve(context, limiter), new TokenCount(context.Response));
    }

    private long Now => timeProvider.GetUtcNow().ToUnixTimeSeconds();

    private static string IdOf(HttpContext context) => $"msg_{context.TraceIdentifier}";
}
