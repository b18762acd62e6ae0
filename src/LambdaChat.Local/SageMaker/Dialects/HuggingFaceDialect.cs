using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>Hugging Face's inference toolkit, a pipeline without streaming: every reply is one JSON document.</summary>
internal sealed class HuggingFaceDialect() : Dialect(RecordFormat.Json)
{
    public override IEnumerable<JsonNode> Stream(ModelReply reply) => [Complete(reply)];

    public override JsonNode Complete(ModelReply reply) =>
        new JsonArray(new JsonObject { ["generated_text"] = string.Concat(reply.Choices[0].With(ReasoningPlacement.None).Content) });
}
