using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>The last message of a request, if it is from the assistant and the model server continues it.</summary>
/// <param name="Thinking">The thinking of the message.</param>
/// <param name="Answer">The answer; empty if the thinking continues.</param>
/// <param name="IsInThinking">True if the thinking continues.</param>
internal sealed record ContinuedMessage(string Thinking, string Answer, bool IsInThinking)
{
    private const string LlamaCpp = "llama-cpp";
    private const string OpeningTag = "<think>\n";

    // Servers that support these members, and servers that reject requests with them.
    private static readonly string[] Continuing = ["vllm", "sglang", "starlette"];
    private static readonly string[] Refusing = ["transformers-serve"];

    // Servers that continue a message with the member prefix. Source: https://api-docs.deepseek.com/guides/chat_prefix_completion
    private static readonly string[] Prefixed = ["deepseek", "mistral"];

    /// <summary>Returns null if the model server begins a new message.</summary>
    /// <exception cref="RefusedRequestException">The model server refuses the request.</exception>
    public static ContinuedMessage? Find(EmulatorRequest request)
    {
        var (continues, generates) = (Is(request, "continue_final_message", true), !Is(request, "add_generation_prompt", false));
        var server = request.StandIn.Server;
        if ((continues || !generates) && Refusing.Contains(server))
        {
            throw new RefusedRequestException("Unsupported fields in the request: continue_final_message, add_generation_prompt.");
        }

        var isFlagged = Continuing.Any(name => server.StartsWith(name, StringComparison.Ordinal));
        if (isFlagged && continues && generates)
        {
            throw new RefusedRequestException("Cannot set both `continue_final_message` and `add_generation_prompt` to True.");
        }

        return request.Root["messages"] is JsonArray { Count: > 0 } messages && messages[^1] is JsonObject last
            && (string?)last["role"] == "assistant"
            && (server == LlamaCpp || (isFlagged && continues)
                || (Prefixed.Contains(server) && last["prefix"]?.GetValueKind() == JsonValueKind.True))
            ? Of(last, hasTags: isFlagged) : null;
    }

    // vLLM and SGLang continue thinking as text with its tag, the others in its own field.
    private static ContinuedMessage Of(JsonObject message, bool hasTags)
    {
        var (content, thinking) = (Text(message, "content"), Text(message, "reasoning_content"));
        return hasTags && content.StartsWith(OpeningTag, StringComparison.Ordinal)
            ? new ContinuedMessage(content[OpeningTag.Length..], "", IsInThinking: true)
            : new ContinuedMessage(thinking, content, IsInThinking: !hasTags && content.Length == 0 && thinking.Length > 0);
    }

    private static string Text(JsonObject message, string name) => new JsonFields(message).PartsText(name);

    private static bool Is(EmulatorRequest request, string name, bool value) =>
        request.Root[name]?.GetValueKind() == (value ? JsonValueKind.True : JsonValueKind.False);
}
