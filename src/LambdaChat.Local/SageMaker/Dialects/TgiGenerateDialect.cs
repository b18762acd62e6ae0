using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// The <c>/generate_stream</c> API of Text Generation Inference. The stream ends with a special token that is not part of the text.
/// </summary>
internal sealed class TgiGenerateDialect() : TokenDialect(RecordFormat.SseWithoutSpace, ReasoningPlacement.Tags)
{
    private const int FirstTokenId = 400;
    private const int EndOfSentence = 2;

    public override JsonNode Complete(ModelReply reply) => new JsonArray(new JsonObject { ["generated_text"] = Text(reply) });

    public override byte[] Fail(string message) => Format.Write(ErrorText.CreateTgi(message));

    protected override JsonObject Token(int number, string text) =>
        Event(number, FirstTokenId + number - 1, text, isSpecial: false, generatedText: null, details: null);

    protected override JsonObject LastToken(int number, string generatedText) =>
        Event(
            number,
            EndOfSentence,
            "</s>",
            isSpecial: true,
            generatedText,
            new JsonObject { ["finish_reason"] = "eos_token", ["generated_tokens"] = number, ["seed"] = null });

    private static JsonObject Event(int index, int id, string text, bool isSpecial, string? generatedText, JsonObject? details) => new()
    {
        ["index"] = index,
        ["token"] = new JsonObject { ["id"] = id, ["text"] = text, ["logprob"] = isSpecial ? -0.01 : -0.25, ["special"] = isSpecial },
        ["generated_text"] = generatedText,
        ["details"] = details,
    };
}
