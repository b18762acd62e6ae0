using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>Errors of servers that do not use OpenAI's error object.</summary>
internal static class ErrorText
{
    /// <summary>An error of Text Generation Inference: two strings instead of OpenAI's object.</summary>
    public static string CreateTgi(string message) => new JsonObject { ["error"] = Read(message), ["error_type"] = "generation" }.ToText();

    /// <summary>The message of a fault, which can be an error object in OpenAI's format.</summary>
    public static string Read(string message)
    {
        try
        {
            return JsonNode.Parse(message) is JsonObject { } error && error["error"] is JsonObject inner
                ? (string?)inner["message"] ?? message
                : message;
        }
        catch (JsonException)
        {
            return message;
        }
    }
}
