using System.Security.Cryptography;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.ChatCompletions;

/// <summary><c>POST /v1/chat/completions</c>. Source: https://platform.openai.com/docs/api-reference/chat/create</summary>
internal sealed class ChatCompletionEndpoint(
    RequestReader requests, RelayedCall relay, RelaySettings settings, TimeProvider timeProvider, StoredReplies replies,
    StoredCall stored, UsageLimiter? limiter = null)
{
    /// <summary>The request header that selects the form of the thinking. The member of the body takes precedence.</summary>
    public const string ReasoningHeader = "X-Reasoning-Output";

    public async Task HandleAsync(HttpContext context)
    {
        using var incoming = await requests.ReadAsync(context, ModelTasks.Chat);
        var request = new ChatRequest(incoming.Json);
        var model = incoming.Model;
        var isStored = request.WantsStore;
        if (isStored && !replies.IsAvailable)
        {
            throw new ErrorResponseException(StoredReplies.Off(ChatRequest.StoreMember));
        }

        var chat = new ChatCall(incoming, request);
        var id = isStored ? RandomNumberGenerator.GetHexString(40, lowercase: true) : context.TraceIdentifier;
        var format = CreateFormat(context, model, request, chat, id);
        var lease = chat.Reserve(context, limiter);
        var wantsUsage = !request.IsStreamed || model.Usage || lease is { CountsTokens: true };
        var call = chat.CreateCall(format, request.IsStreamed, wantsUsage) with { Release = chat.Release };
        IReplyWriter reply = request.IsStreamed
            ? new SseReply(context.Response, format, hasIds: isStored)
            : new AggregatedReply(context.Response, settings.WholeReplyHeartbeat);
        if (isStored && lease?.Failure is null)
        {
            await stored.RunAsync(context, call, lease, reply, replies.Start(context, format.Id, StoredChat.Write(format)));
        }
        else
        {
            await relay.RunAsync(context, call, lease, reply);
        }
    }

    private OutputFormat CreateFormat(HttpContext context, Model model, ChatRequest request, ChatCall chat, string id) =>
        chat.CreateFormat(
            StoredChatEndpoints.IdPrefix + id, timeProvider.GetUtcNow().ToUnixTimeSeconds(),
            request.Reasoning ?? ChatRequest.ReadReasoning(context) ?? model.Reasoning ?? ReasoningOutput.ReasoningContent) with
        {
            HasOwnId = request.WantsStore,
            MakesParagraphs = model.ThinkingParagraphs,
            Choices = Math.Min(request.Choices, model.MaxChoices ?? request.Choices),
            ShowsErrors = request.ShowsErrors && model.ShowsErrors,
            HidesUsage = request.IsStreamed && !request.IncludesUsage,
        };
}
