using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>NVIDIA NIM: every delta has the role, and <c>content</c> is null in deltas without content.</summary>
internal sealed class NimDialect() : ChatDialect(RecordFormat.Sse, ReasoningPlacement.Field, "reasoning_content")
{
    protected override JsonObject Envelope(ModelReply reply, string kind, JsonArray choices)
    {
        var document = base.Envelope(reply, kind, choices);
        document["id"] = $"chat-{reply.Id}";
        return document;
    }

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs)
    {
        var choice = new JsonObject { ["index"] = step.Choice, ["delta"] = delta, ["logprobs"] = logprobs };
        if (step.Kind is StepKind.Finish)
        {
            choice["stop_reason"] = null;
        }

        choice["finish_reason"] = step.FinishReason;
        return choice;
    }

    protected override JsonObject Delta(Step step)
    {
        var delta = new JsonObject { ["role"] = "assistant", ["content"] = null };
        if (step.Kind is not StepKind.Role)
        {
            foreach (var (name, value) in base.Delta(step))
            {
                delta[name] = value?.DeepClone();
            }
        }

        return delta;
    }
}
