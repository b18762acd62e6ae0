using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>llama.cpp's server: another order of members, an empty last delta, and timings.</summary>
internal sealed class LlamaCppDialect() : ChatDialect(
    RecordFormat.Sse with { ContentType = "text/event-stream" }, ReasoningPlacement.Field, "reasoning_content")
{
    protected override JsonObject Chunk(ModelReply reply, JsonArray choices)
    {
        var chunk = base.Chunk(reply, choices);
        if (choices.All(static choice => choice!["finish_reason"] is not null))
        {
            var tokens = reply.Choices.Sum(static choice => choice.TokenCount);
            chunk["timings"] =
                new JsonObject { ["prompt_n"] = reply.PromptTokens, ["predicted_n"] = tokens, ["predicted_per_second"] = 58.2 };
        }

        return chunk;
    }

    protected override JsonObject Envelope(ModelReply reply, string kind, JsonArray choices) => new()
    {
        ["choices"] = choices,
        ["created"] = reply.Created,
        ["id"] = $"chatcmpl-{reply.Id}",
        ["model"] = reply.Request.Model,
        ["system_fingerprint"] = "b7000",
        ["object"] = kind,
    };

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        var choice = new JsonObject { ["finish_reason"] = step.FinishReason, ["index"] = step.Choice, ["delta"] = delta };
        if (logprobs is not null)
        {
            choice["logprobs"] = logprobs;
        }

        return choice;
    }

    protected override JsonObject Delta(Step step) => step.Kind switch
    {
        StepKind.Role => new JsonObject { ["role"] = "assistant", ["content"] = null },
        StepKind.Finish => [],
        _ => base.Delta(step),
    };
}
