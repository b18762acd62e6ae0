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
            throw new InvalidRequestException(StoredReplies.Off(ChatRequest.StoreMember));
        }

        var id = isStored ? RandomNumberGenerator.GetHexString(40, lowercase: true) : context.TraceIdentifier;
        var format = CreateFormat(context, incoming, request, id, isStored);
        var lease = limiter?.Reserve(context, model, () => TokenEstimator.Of(incoming.Json, model, ModelTasks.Chat));
        var isStreamed = request.IsStreamed || (model.Gather && !request.NeedsNonStreamingCall);
        var wantsUsage = !request.IsStreamed || model.Usage || lease is { CountsTokens: true };
        var body = UpstreamChatRequest.Create(request, model, isStreamed, wantsUsage);
        IReplyWriter reply = request.IsStreamed
            ? new SseReply(context.Response, format, hasIds: isStored)
            : new AggregatedReply(context.Response, settings.WholeReplyHeartbeat);
        var call = new RelayRequest(model, UpstreamChatRequest.ModeOf(model, isStreamed), body, format)
        {
            IsStreamed = isStreamed,
            Headers = incoming.Headers,
            Hint = UpstreamChatRequest.HintOf(
                request, model, RoutingHints.Create(incoming, conversation: null, new ConversationStart(request.Json))),
            BodyWithoutStream = isStreamed && !request.IsStreamed
                ? () => body = UpstreamChatRequest.Create(request, model, isStreamed: false, wantsUsage)
                : null,
            Release = () => incoming.Release(body),
            ContinuedBody = isStreamed ? ContinuationRequest.Prepare(request, model, wantsUsage) : null,
        };
        if (isStored && lease?.Failure is null)
        {
            await stored.RunAsync(context, call, lease, reply, replies.Start(context, format.Id, StoredChat.Write(format)));
        }
        else
        {
            await relay.RunAsync(context, call, lease, reply);
        }
    }

    private OutputFormat CreateFormat(HttpContext context, IncomingRequest incoming, ChatRequest request, string id, bool isStored)
    {
        var model = incoming.Model;
        return new OutputFormat(incoming.ModelName, OutputFormat.ChatChunk, StoredChatEndpoints.IdPrefix + id,
            timeProvider.GetUtcNow().ToUnixTimeSeconds())
        {
            HasOwnId = isStored,
            Reasoning = request.Reasoning ?? ChatRequest.ReadReasoning(context) ?? model.Reasoning
                ?? ReasoningOutput.ReasoningContent,
            Think = request.StartOfThinking(model.Think),
            MakesParagraphs = model.ThinkingParagraphs,
            IsDoneEnough = model.IsDoneEnough,
            Choices = Math.Min(request.Choices, model.MaxChoices ?? request.Choices),
            MaxTokens = model.MaxTokens,
            ShowsErrors = request.ShowsErrors && model.ShowsErrors,
            HasTools = request.HasTools,
            HidesUsage = request.IsStreamed && !request.IncludesUsage,
        };
    }
}
