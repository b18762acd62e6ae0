using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Pooling;

/// <summary>
/// Tasks whose replies never stream: <c>POST /v1/embeddings</c>, <c>/v1/rerank</c> and <c>/v1/score</c>. Sources:
/// https://platform.openai.com/docs/api-reference/embeddings/create and, for the other two,
/// https://docs.vllm.ai/en/latest/models/pooling_models.html
/// </summary>
internal sealed class PoolingEndpoints(RequestReader requests, PoolingCall call, UsageLimiter? limiter = null)
{
    public Task EmbedAsync(HttpContext context) => RunAsync(context, ModelTasks.Embeddings, "input");

    public Task RerankAsync(HttpContext context) => RunAsync(context, ModelTasks.Rerank, "query", "documents");

    public Task ScoreAsync(HttpContext context) => RunAsync(context, ModelTasks.Score);

    private async Task RunAsync(HttpContext context, ModelTasks task, params string[] required)
    {
        using var incoming = await requests.ReadAsync(context, task);
        if (!HasMessages(incoming.Json, task) && required.FirstOrDefault(name => incoming.Json.Find(name) is null) is { } missing)
        {
            throw incoming.Json.Missing(missing, missing switch
            {
                "input" => FieldType.Prompt,
                "query" => FieldType.String,
                _ => FieldType.Strings,
            });
        }

        var lease = limiter?.Reserve(context, incoming.Model, () => TokenEstimator.Of(incoming.Json, incoming.Model, task));
        await call.RunAsync(context, incoming, task, UpstreamRequest.Create(incoming.Json, incoming.Model, task), lease);
    }

    // vLLM's multimodal embedding models take `messages` in place of `input`.
    private static bool HasMessages(RequestJson json, ModelTasks task) =>
        task is ModelTasks.Embeddings && json.Find("messages") is not null;
}
