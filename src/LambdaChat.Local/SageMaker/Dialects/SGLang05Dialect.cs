using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// SGLang 0.5.23: every delta has <c>reasoning_content</c>, and deltas with tool calls also have the other members as null.
/// </summary>
internal sealed class SGLang05Dialect() : ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, ReasoningField)
{
    private const string ReasoningField = "reasoning_content";
    private const int EndOfSentence = 2;

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs) => new()
    {
        ["index"] = step.Choice,
        ["delta"] = delta,
        ["logprobs"] = logprobs,
        ["finish_reason"] = step.FinishReason,
        ["matched_stop"] = step.FinishReason is "stop" ? EndOfSentence : null,
    };

    protected override JsonObject Delta(Step step) => step.Kind switch
    {
        StepKind.Role => new JsonObject { [ReasoningField] = null, ["role"] = "assistant", ["content"] = "" },
        StepKind.Finish => new JsonObject { [ReasoningField] = null },
        StepKind.Content => new JsonObject { [ReasoningField] = null, ["content"] = step.Text },
        _ when IsCall(step) =>
            new JsonObject { ["role"] = null, ["content"] = null, [ReasoningField] = null, ["tool_calls"] = CallPiece(step) },
        _ => base.Delta(step),
    };

    // Pieces of the arguments have the id and the name as null.
    private static JsonArray CallPiece(Step step)
    {
        var calls = ToolCalls(step);
        if (step.Kind is StepKind.ToolArguments)
        {
            var function = new JsonObject { ["name"] = null, ["arguments"] = step.Text };
            return [new JsonObject { ["id"] = null, ["index"] = step.Call, ["type"] = "function", ["function"] = function }];
        }

        return calls;
    }
}
