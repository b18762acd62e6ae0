using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Tasks;

/// <summary>OpenAI's legacy completions, which have no reasoning.</summary>
internal static class TextCompletion
{
    public static IEnumerable<JsonNode> Stream(ModelReply reply)
    {
        var placed = reply.With(ReasoningPlacement.None);
        foreach (var step in placed.Steps().Where(static step => step.Kind is StepKind.Content or StepKind.Finish))
        {
            yield return Document(reply, [Choice(step.Choice, step.Text, step.FinishReason)]);
        }

        if (reply.Request.IncludesUsage)
        {
            var chunk = Document(reply, []);
            chunk["usage"] = placed.Usage();
            yield return chunk;
        }
    }

    public static JsonNode Complete(ModelReply reply)
    {
        var placed = reply.With(ReasoningPlacement.None);
        var document = Document(
            reply, [.. placed.Choices.Select(static choice => Choice(choice.Choice, string.Concat(choice.Content), choice.FinishReason))]);
        document["usage"] = placed.Usage();
        return document;
    }

    private static JsonObject Document(ModelReply reply, JsonArray choices) => new()
    {
        ["id"] = $"cmpl-{reply.Id}",
        ["object"] = "text_completion",
        ["created"] = reply.Created,
        ["model"] = reply.Request.Model,
        ["choices"] = choices,
    };

    private static JsonObject Choice(int index, string text, string? finishReason) => new()
    {
        ["index"] = index,
        ["text"] = text,
        ["logprobs"] = null,
        ["finish_reason"] = finishReason,
        ["stop_reason"] = null,
    };
}
