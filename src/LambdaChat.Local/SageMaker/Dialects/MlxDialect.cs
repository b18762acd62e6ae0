using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>mlx-lm's server: every delta has the role, a tool call is a single delta, <c>n</c> is ignored.</summary>
internal sealed class MlxDialect() : ChatDialect(Events, ReasoningPlacement.Field, "reasoning")
{
    private static RecordFormat Events { get; } = RecordFormat.Sse with
    {
        ContentType = "text/event-stream",
        IsPythonJson = true,
        KeepAlive = ": keepalive 1/2\n\n",
    };

    protected override bool IgnoresChoiceCount => true;

    protected override IEnumerable<Step> Arrange(IEnumerable<Step> steps) =>
        WholeCalls.Join(steps.Where(static step => step.Kind is not StepKind.Role));

    protected override JsonObject UsageChunk(ModelReply reply) => Envelope(reply, "chat.completion", []);

    protected override JsonObject Envelope(ModelReply reply, string kind, JsonArray choices) => new()
    {
        ["id"] = $"chatcmpl-{reply.Id}",
        ["system_fingerprint"] = "0.32.2-0.32.4-Linux-x86_64",
        ["object"] = kind,
        ["model"] = reply.Request.Model,
        ["created"] = reply.Created,
        ["choices"] = choices,
    };

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        delta.Insert(0, "role", "assistant");
        return new JsonObject { ["index"] = step.Choice, ["finish_reason"] = step.FinishReason, ["delta"] = delta };
    }

    protected override JsonObject Delta(Step step) => step.Kind switch
    {
        StepKind.Finish => [],
        StepKind.ToolCall => new JsonObject { ["tool_calls"] = WholeCalls.Create(step) },
        _ => base.Delta(step),
    };
}
