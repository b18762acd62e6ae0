using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>vLLM 0.32: the first chunk has prompt members, and the last delta is empty.</summary>
internal sealed class Vllm032Dialect() : ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, "reasoning")
{
    protected override JsonObject Chunk(ModelReply reply, JsonArray choices)
    {
        var chunk = base.Chunk(reply, choices);
        if (choices.Any(static choice => choice!["delta"]!["role"] is not null))
        {
            chunk["prompt_token_ids"] = null;
            chunk["prompt_text"] = null;
        }
        else if (choices.Any(static choice => choice!["finish_reason"] is not null))
        {
            chunk["system_fingerprint"] = "vllm-0.32.0-3fd581a6";
        }

        return chunk;
    }

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        var choice =
            new JsonObject { ["index"] = step.Choice, ["delta"] = delta, ["logprobs"] = logprobs, ["finish_reason"] = step.FinishReason };
        if (step.Kind is StepKind.Finish)
        {
            choice["stop_reason"] = null;
        }

        if (step.Kind is not StepKind.Role)
        {
            choice["token_ids"] = null;
        }

        return choice;
    }

    protected override JsonObject Delta(Step step) => step.Kind is StepKind.Finish ? [] : base.Delta(step);
}
