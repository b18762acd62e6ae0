using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Replies;
using LambdaChat.Chat.Requests;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Reasoning;
using LambdaChat.SageMaker;

namespace LambdaChat.Chat;

/// <summary><c>POST /v1/chat/completions</c>. Source: https://platform.openai.com/docs/api-reference/chat/create</summary>
internal sealed class ChatCompletions(ModelCatalog models, RequestLimits limits, Relay relay, TimeProvider timeProvider, Spending? spending = null)
{
    /// <summary>The header by which a request chooses how it gets the thinking; a member of the body goes before it.</summary>
    public const string ReasoningHeader = "X-Reasoning-Output";

    public async Task HandleAsync(HttpContext context)
    {
        using var incoming = await IncomingRequest.ReadAsync(context, models, limits, ModelTasks.Chat);
        var request = new ChatRequest(incoming.Json);
        var model = incoming.Model;
        var contract = new ChunkContract(incoming.ModelName, ChunkContract.ChatChunk, $"chatcmpl-{context.TraceIdentifier}", timeProvider.GetUtcNow().ToUnixTimeSeconds())
        {
            Reasoning = request.Reasoning ?? ChatRequest.ReadReasoning(context.Request.Headers[ReasoningHeader]) ?? model.Reasoning ?? ReasoningOutput.ReasoningContent,
            Think = model.Think == ThinkMode.Started && request.TurnsThinkingOff ? ThinkMode.Auto : model.Think,
            Choices = Math.Min(request.Choices, model.MaxChoices ?? request.Choices),
            MaxTokens = model.MaxTokens,
            ShowsErrors = request.ShowsErrors && model.ShowsErrors,
            HidesUsage = request.IsStreamed && !request.IncludesUsage,
        };
        var permit = spending?.Admit(context, model, () => TokenEstimates.Of(incoming.Json, model, ModelTasks.Chat));
        var isStreamed = request.IsStreamed || model.IsGathered;
        var body = UpstreamRequest.OfChat(request, model, isStreamed, wantsUsage: !request.IsStreamed || model.ForcesUsage || permit is { CountsTokens: true });
        var operation = model.Transport == Transport.OpenAI ? Operation.OpenAI : isStreamed ? Operation.Stream : Operation.Plain;
        IReply reply = request.IsStreamed ? new StreamedReply(context.Response, contract) : new GatheredReply(context.Response);
        await relay.RunAsync(context, new RelayCall(model, operation, body, contract) { Headers = incoming.Headers, Permit = permit }, reply);
    }
}
