using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>An error of Text Generation Inference: two strings instead of OpenAI's object.</summary>
internal static class TgiError
{
    public static string Create(string message) => new JsonObject { ["error"] = ReadMessage(message), ["error_type"] = "generation" }.ToText();

    // The message of a fault may be an error object in OpenAI's format.
    private static string ReadMessage(string message)
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
