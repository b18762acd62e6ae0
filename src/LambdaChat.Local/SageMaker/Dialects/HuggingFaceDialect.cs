using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>Hugging Face's inference toolkit, a pipeline behind an endpoint: one text in one piece, whatever was asked for.</summary>
internal sealed class HuggingFaceDialect() : Dialect(RecordFormat.Json)
{
    public override IEnumerable<JsonNode> Stream(ModelReply reply) => [Complete(reply)];

    public override JsonNode Complete(ModelReply reply) =>
        new JsonArray(new JsonObject { ["generated_text"] = string.Concat(reply.Choices[0].With(Thinking.Unsaid).Content) });
}
