using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// The chat completions of Hugging Face's Text Generation Inference in its older format: the <c>object</c> of chunks is
/// <c>text_completion</c>, the id is empty, and the last token and the finish reason share a chunk.
/// </summary>
internal sealed class TgiChatDialect() : ChatDialect(Events, ReasoningPlacement.Tags)
{
    private static RecordFormat Events { get; } =
        RecordFormat.SseWithoutSpace with { End = "[DONE]", Comments = [":\n\n", ":keep-alive\n\n"] };

    public override byte[] Fail(string message) => Format.Write(ErrorText.CreateTgi(message));

    protected override IEnumerable<Step> Arrange(IEnumerable<Step> steps)
    {
        var last = new Dictionary<int, Step>();
        foreach (var step in steps)
        {
            if (last.Remove(step.Choice, out var previous))
            {
                if (step.Kind is StepKind.Finish && previous.Kind is StepKind.Content)
                {
                    yield return previous with { FinishReason = step.FinishReason };
                    continue;
                }

                yield return previous;
            }

            if (step.Kind is StepKind.Finish)
            {
                yield return step;
            }
            else if (step.Kind is not StepKind.Role)
            {
                last[step.Choice] = step; // The chunk is sent once the next step shows whether it is the last.
            }
        }
    }

    protected override JsonObject Chunk(ModelReply reply, JsonArray choices)
    {
        var chunk = base.Chunk(reply, choices);
        chunk["usage"] = null;
        return chunk;
    }

    protected override JsonObject Envelope(ModelReply reply, string kind, JsonArray choices) => new()
    {
        ["object"] = "text_completion",
        ["id"] = "",
        ["created"] = reply.Created,
        ["model"] = reply.Request.Model,
        ["system_fingerprint"] = "2.0.1-sha",
        ["choices"] = choices,
    };

    protected override JsonObject Choice(Step step, JsonObject delta, JsonNode? logprobs) => PlainChoice(step, delta, logprobs);

    protected override JsonObject Delta(Step step) => new()
    {
        ["role"] = "assistant",
        ["content"] = IsCall(step) ? null : step.Text,
        ["tool_calls"] = IsCall(step) ? ToolCalls(step) : null,
    };
}
