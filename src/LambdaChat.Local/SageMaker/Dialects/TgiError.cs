using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>An error in the shape of Text Generation Inference: two texts, where OpenAI has an object.</summary>
internal static class TgiError
{
    public static string Of(string message) => new JsonObject { ["error"] = Words(message), ["error_type"] = "generation" }.ToText();

    // A fault's message may be an error in OpenAI's shape, of which only the words are wanted.
    private static string Words(string message)
    {
        try
        {
            return JsonNode.Parse(message) is JsonObject { } error && error["error"] is JsonObject inner ? (string?)inner["message"] ?? message : message;
        }
        catch (JsonException)
        {
            return message;
        }
    }
}
