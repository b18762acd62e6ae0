using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>
/// The text generation of AWS's large model inference containers (DJL Serving).
/// Source: https://docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
/// </summary>
internal sealed class LmiTextDialect(RecordFormat format) : TokenDialect(format, ReasoningPlacement.ClosingTag)
{
    private const int FirstTokenId = 300;
    private const int EndOfSentence = 2;

    public override JsonNode Complete(ModelReply reply) => new JsonObject { ["generated_text"] = Text(reply) };

    // The schema has no member for an error message.
    public override byte[] Fail(string message)
    {
        var line = Last(
            new JsonObject { ["id"] = -1, ["text"] = "", ["log_prob"] = -1, ["special_token"] = true }, "", "error", tokens: null);
        return Format.Write(line.ToText());
    }

    protected override JsonObject Token(int number, string text) => new() { ["token"] = Token(FirstTokenId + number - 1, text, -0.05) };

    protected override JsonObject LastToken(int number, string generatedText) =>
        Last(Token(EndOfSentence, "", -0.01), generatedText, "eos_token", number);

    private static JsonObject Token(int id, string text, double logProbability) =>
        new() { ["id"] = id, ["text"] = text, ["log_prob"] = logProbability };

    private static JsonObject Last(JsonObject token, string generatedText, string finishReason, int? tokens) => new()
    {
        ["token"] = token,
        ["generated_text"] = generatedText,
        ["details"] = new JsonObject { ["finish_reason"] = finishReason, ["generated_tokens"] = tokens, ["inputs"] = null },
    };
}
