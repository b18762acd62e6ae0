using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;

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
        var chat = Parse(incoming, request.ToChat());
        var head = new MessageHead($"msg_{context.TraceIdentifier}", incoming.ModelName);
        var isStreamed = request.IsStreamed || (model.Gather && !chat.IsWorseStreamed);
        IReplyWriter reply = request.IsStreamed
            ? new MessagesStream(context.Response, head, request.StopSequences)
            : new WholeMessage(context.Response, head, request.StopSequences, settings.WholeReplyHeartbeat);
        var call = CreateCall(context, incoming, chat, isStreamed) with
        {
            BodyWithoutStream = isStreamed && !request.IsStreamed
                ? () => UpstreamChatRequest.Create(chat, model, isStreamed: false, wantsUsage: true)
                : null,
        };
        await relay.RunAsync(context, call, Reserve(context, chat, model), reply);
    }

    public async Task CountAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        var model = incoming.Model;
        if (!model.CountTokens)
        {
            throw new InvalidRequestException(TokenCount.NotCounted);
        }

        var chat = Parse(incoming, new MessagesRequest(incoming.Json, model).ToCount());
        var call = CreateCall(context, incoming, chat, isStreamed: false);
        await relay.RunAsync(context, call, Reserve(context, chat, model), new TokenCount(context.Response));
    }

    private static ChatRequest Parse(IncomingRequest incoming, ReadOnlyMemory<byte> chat)
    {
        incoming.Body.Reserve(chat.Length);
        var (json, fault) = RequestJson.Parse(chat);
        return new ChatRequest(json ?? throw new InvalidRequestException(fault!));
    }

    private UsageLease? Reserve(HttpContext context, ChatRequest chat, Model model) =>
        limiter?.Reserve(context, model, () => TokenEstimator.Of(chat.Json, model, ModelTasks.Chat));

    private RelayRequest CreateCall(HttpContext context, IncomingRequest incoming, ChatRequest chat, bool isStreamed)
    {
        var model = incoming.Model;
        var format = new OutputFormat(incoming.ModelName, OutputFormat.ChatChunk, $"msg_{context.TraceIdentifier}",
            timeProvider.GetUtcNow().ToUnixTimeSeconds())
        {
            Reasoning = model.Reasoning == ReasoningOutput.Hidden ? ReasoningOutput.Hidden : ReasoningOutput.ReasoningContent,
            Think = chat.StartOfThinking(model.Think),
            IsDoneEnough = model.IsDoneEnough,
            MaxTokens = model.MaxTokens,
            HasTools = chat.Json.Find("tools") is not null,
        };
        var mode = model.Transport == Transport.OpenAI ? CallMode.OpenAI : isStreamed ? CallMode.Stream : CallMode.Plain;
        var body = UpstreamChatRequest.Create(chat, model, isStreamed, wantsUsage: true);
        return new RelayRequest(model, mode, body, format) { Headers = incoming.Headers };
    }
}
