using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>Text generation servers without a chat format: one document per token; the last one has the whole text.</summary>
internal abstract class TokenDialect(RecordFormat format, ReasoningPlacement placement) : Dialect(format)
{
    public sealed override IEnumerable<JsonNode> Stream(ModelReply reply)
    {
        var tokens = new List<string>();
        foreach (var step in Choice(reply).Steps().Where(static step => step.Kind is StepKind.Content))
        {
            tokens.Add(step.Text);
            yield return Token(tokens.Count, step.Text);
        }

        yield return LastToken(tokens.Count + 1, string.Concat(tokens));
    }

    /// <summary>A document of the stream. The first has number 1.</summary>
    protected abstract JsonObject Token(int number, string text);

    protected abstract JsonObject LastToken(int number, string generatedText);

    protected string Text(ModelReply reply) => string.Concat(Choice(reply).Content);

    // These servers ignore `n` and return a single choice.
    private ScriptedChoice Choice(ModelReply reply) => reply.Choices[0].With(placement);
}
