using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// LitServe: the finish reason is always <c>stop</c>, a tool call is a single delta, every chunk has a usage member, and an error has no
/// line end.
/// </summary>
internal sealed class LitServeDialect() : ChatDialect(RecordFormat.Sse, ReasoningPlacement.Tags)
{
    public override byte[] Fail(string message)
    {
        var error =
            new JsonObject { ["message"] = ErrorText.Read(message), ["type"] = "internal", ["param"] = null, ["code"] = "internal_error" };
        return Encoding.UTF8.GetBytes("data: " + new JsonObject { ["error"] = error }.ToPythonText());
    }

    protected override IEnumerable<Step> Arrange(IEnumerable<Step> steps) =>
        WholeCalls.Join(steps.Where(static step => step.Kind is not StepKind.Role));

    protected override JsonObject? UsageChunk(ModelReply reply) => null;

    protected override JsonObject Chunk(ModelReply reply, JsonArray choices)
    {
        var chunk = base.Chunk(reply, choices);
        chunk.Insert(4, "system_fingerprint", null);
        chunk["usage"] = choices.Any(static choice => choice!["finish_reason"] is not null) ? reply.Usage() : null;
        return chunk;
    }

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs) => new()
    {
        ["delta"] = delta,
        ["finish_reason"] = step.FinishReason is "tool_calls" or "length" ? "stop" : step.FinishReason,
        ["index"] = step.Choice,
        ["logprobs"] = logprobs,
    };

    protected override JsonObject Delta(Step step) => new()
    {
        ["role"] = "assistant",
        ["content"] = step.Kind is StepKind.Content ? step.Text : "",
        ["name"] = null,
        ["tool_calls"] = step.Kind is StepKind.ToolCall ? WholeCalls.Create(step) : null,
        ["tool_call_id"] = null,
    };
}
