using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// llama-cpp-python's server: tags in the content, no usage in streams, <c>n</c> is ignored. Each piece of a tool call repeats id and
/// name, and a <c>function_call</c> repeats the call.
/// </summary>
internal sealed class LlamaCppPythonDialect() : ChatDialect(Events, ReasoningPlacement.Tags)
{
    private static RecordFormat Events { get; } = RecordFormat.Sse with { IsPythonJson = true };

    protected override bool IgnoresChoiceCount => true;

    protected override JsonObject? UsageChunk(ModelReply reply) => null;

    // The name moves from a separate step into each piece of the arguments, in the form NAME\nPIECE.
    protected override IEnumerable<Step> Arrange(IEnumerable<Step> steps)
    {
        var name = "";
        foreach (var step in steps)
        {
            if (step.Kind is StepKind.ToolCall)
            {
                name = step.Text;
                continue;
            }

            yield return step.Kind is StepKind.ToolArguments ? step with { Text = $"{name}\n{step.Text}" } : step;
        }
    }

    protected override JsonObject Envelope(ModelReply reply, string kind, JsonArray choices) => new()
    {
        ["id"] = $"chatcmpl-{reply.Id}",
        ["model"] = reply.Request.Model,
        ["created"] = reply.Created,
        ["object"] = kind,
        ["choices"] = choices,
    };

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs) => PlainChoice(step, delta, logprobs);

    protected override JsonObject Delta(Step step) => step.Kind switch
    {
        StepKind.Role => new JsonObject { ["role"] = "assistant" },
        StepKind.Finish => [],
        StepKind.ToolArguments => CallDelta(step),
        _ => base.Delta(step),
    };

    private static JsonObject CallDelta(Step step)
    {
        var parts = step.Text.Split('\n', 2);
        var function = new JsonObject { ["name"] = parts[0], ["arguments"] = parts[1] };
        var call =
            new JsonObject { ["index"] = step.Call, ["id"] = ToolCall.IdOf(step.Call), ["type"] = "function", ["function"] = function };
        return new JsonObject
        {
            ["role"] = null,
            ["content"] = null,
            ["function_call"] = function.DeepClone(),
            ["tool_calls"] = new JsonArray(call),
        };
    }
}
