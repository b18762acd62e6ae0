using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Bodies;

/// <summary>The answer to a <c>prompt</c>: OpenAI's old completions, which know no reasoning.</summary>
internal static class TextCompletion
{
    public static IEnumerable<JsonNode> Stream(ModelReply reply)
    {
        var spoken = reply.With(Thinking.Unsaid);
        foreach (var step in spoken.Speak().Where(static step => step.Kind is StepKind.Content or StepKind.Finish))
        {
            yield return Document(reply, [Choice(step.Choice, step.Text, step.FinishReason)]);
        }

        if (reply.Request.IncludesUsage)
        {
            var chunk = Document(reply, []);
            chunk["usage"] = spoken.Usage();
            yield return chunk;
        }
    }

    public static JsonNode Complete(ModelReply reply)
    {
        var spoken = reply.With(Thinking.Unsaid);
        var document = Document(reply, [.. spoken.Choices.Select(static choice => Choice(choice.Choice, string.Concat(choice.Content), choice.FinishReason))]);
        document["usage"] = spoken.Usage();
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
