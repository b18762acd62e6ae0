using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>SGLang: every chunk has every member; unused members are null.</summary>
internal sealed class SGLangDialect() : ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, ReasoningField)
{
    private const string ReasoningField = "reasoning_content";
    private const int EndOfSentence = 151643;

    protected override JsonObject Chunk(ModelReply reply, JsonArray choices)
    {
        var chunk = base.Chunk(reply, choices);
        chunk["usage"] = null;
        return chunk;
    }

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        var choice = new JsonObject { ["index"] = step.Choice, ["delta"] = delta, ["logprobs"] = logprobs };
        if (step.Kind is not StepKind.Role)
        {
            choice["matched_stop"] = step.FinishReason is "stop" ? EndOfSentence : null;
        }

        choice["finish_reason"] = step.FinishReason;
        return choice;
    }

    protected override JsonObject Delta(Step step) => new()
    {
        ["role"] = step.Kind is StepKind.Role ? "assistant" : null,
        ["content"] = step.Kind is StepKind.Role or StepKind.Content ? step.Text : null,
        [ReasoningField] = step.Kind is StepKind.Reasoning ? step.Text : null,
        ["tool_calls"] = IsCall(step) ? ToolCalls(step) : null,
    };
}
