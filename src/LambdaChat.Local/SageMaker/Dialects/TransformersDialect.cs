using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// transformers serve: no <c>[DONE]</c>, no <c>finish_reason</c> before the last chunk, which always has the usage. A tool call is a
/// single delta, and <c>n</c> is ignored.
/// </summary>
internal sealed class TransformersDialect() : ChatDialect(Events, ReasoningPlacement.Field, "reasoning_content")
{
    private static RecordFormat Events { get; } = RecordFormat.Sse with { End = null };

    protected override bool IgnoresChoiceCount => true;

    public override byte[] Fail(string message) => Format.Write(new JsonObject { ["error"] = ErrorText.Read(message) }.ToText());

    protected override IEnumerable<Step> Arrange(IEnumerable<Step> steps) => WholeCalls.Join(steps);

    protected override JsonObject? UsageChunk(ModelReply reply) => null;

    protected override JsonObject Chunk(ModelReply reply, JsonArray choices)
    {
        var chunk = base.Chunk(reply, choices);
        if (choices.Any(static choice => choice!["finish_reason"] is not null))
        {
            chunk["usage"] = reply.Usage();
        }

        return chunk;
    }

    protected override JsonObject Envelope(ModelReply reply, string kind, JsonArray choices) => new()
    {
        ["id"] = $"chatcmpl-{reply.Id}",
        ["choices"] = choices,
        ["created"] = reply.Created,
        ["model"] = reply.Request.Model,
        ["object"] = kind,
        ["system_fingerprint"] = "",
    };

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        var choice = new JsonObject { ["delta"] = delta, ["index"] = step.Choice };
        if (step.FinishReason is not null)
        {
            choice["finish_reason"] = step.FinishReason;
        }

        return choice;
    }

    protected override JsonObject Delta(Step step) => step.Kind switch
    {
        StepKind.Role => new JsonObject { ["role"] = "assistant" },
        StepKind.Finish => [],
        StepKind.ToolCall => new JsonObject { ["tool_calls"] = WholeCalls.Create(step) },
        _ => base.Delta(step),
    };
}
