using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>Servers that know tokens and a generated text, but no chat: a document for each token, the whole text with the last.</summary>
internal abstract class TokenDialect(RecordFormat format, Thinking thinking) : Dialect(format)
{
    public sealed override IEnumerable<JsonNode> Stream(ModelReply reply)
    {
        var tokens = new List<string>();
        foreach (var step in Spoken(reply).Speak().Where(static step => step.Kind is StepKind.Content))
        {
            tokens.Add(step.Text);
            yield return Token(tokens.Count, step.Text);
        }

        yield return LastToken(tokens.Count + 1, string.Concat(tokens));
    }

    /// <summary>A document of the stream; the first has number 1.</summary>
    protected abstract JsonObject Token(int number, string text);

    protected abstract JsonObject LastToken(int number, string generatedText);

    protected string Text(ModelReply reply) => string.Concat(Spoken(reply).Content);

    // These servers give one answer, however many were asked for.
    private ScriptedChoice Spoken(ModelReply reply) => reply.Choices[0].With(thinking);
}
