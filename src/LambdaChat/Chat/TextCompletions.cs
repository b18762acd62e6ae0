using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Replies;
using LambdaChat.Chat.Requests;
using LambdaChat.Errors;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.SageMaker;

namespace LambdaChat.Chat;

/// <summary><c>POST /v1/completions</c>. Source: https://platform.openai.com/docs/api-reference/completions/create</summary>
internal sealed class TextCompletions(ModelCatalog models, RequestLimits limits, Relay relay, PlainCall plain, TimeProvider timeProvider, Spending? spending = null)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var incoming = await IncomingRequest.ReadAsync(context, models, limits, ModelTasks.Completions);
        var (json, model) = (incoming.Json, incoming.Model);
        if (!json.Contains("prompt"))
        {
            throw new RequestFaultException("prompt", "is required: a string or an array");
        }

        var choices = (int)(json.Number("n", 1, 128) ?? 1);
        var permit = spending?.Admit(context, model, () => TokenEstimates.Of(json, model, ModelTasks.Completions));
        var isStreamed = json.Flag("stream");
        var forcesUsage = isStreamed && permit is { CountsTokens: true } && !json.Contains("stream_options");
        var body = UpstreamRequest.OfTask(json, model, ModelTasks.Completions, forcesUsage);
        if (!isStreamed)
        {
            await plain.RunAsync(context, incoming, ModelTasks.Completions, body, permit);
            return;
        }

        var contract = new ChunkContract(incoming.ModelName, ChunkContract.TextCompletion, $"cmpl-{context.TraceIdentifier}", timeProvider.GetUtcNow().ToUnixTimeSeconds())
        {
            MaxTokens = model.MaxTokens,
            ShowsErrors = model.ShowsErrors,
            HidesUsage = forcesUsage,
            Choices = Math.Min(choices, model.MaxChoices ?? choices),
        };
        await relay.RunAsync(context, new RelayCall(model, Operation.Stream, body, contract) { Headers = incoming.Headers, Permit = permit }, new StreamedReply(context.Response, contract));
    }
}
