using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Json;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// The last message of a request, if it is from the assistant: the model server continues it. vLLM and SGLang do so with
/// <c>continue_final_message</c>, llama.cpp without a field. Source: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
/// </summary>
/// <param name="IsInThinking">True if its text opens a <c>&lt;think&gt;</c> and does not close it.</param>
/// <param name="HasAnswer">True if it has text after its thinking: the thinking is over.</param>
internal sealed record ContinuedMessage(bool IsInThinking, bool HasAnswer)
{
    /// <summary>Returns null if the last message is not from the assistant, or a field asks for a new one.</summary>
    public static ContinuedMessage? Find(RequestJson json)
    {
        if (json.Find("continue_final_message")?.Type == JsonTokenType.False
            || json.Find("add_generation_prompt")?.Type == JsonTokenType.True)
        {
            return null;
        }

        return json.ObjectsOf(json.Find("messages")!.Value) is [.., var (start, end)]
            && RequestJson.TryParse(json.Body[start..end]) is { } message
            && message.Find("role") is { Type: JsonTokenType.String } && message.FindText("role") == "assistant"
            ? Of(ContentOf(message))
            : null;
    }

    private static ContinuedMessage Of(string content)
    {
        var start = content.AsSpan().TrimStart();
        var isOpened = start.StartsWith("<think>") && !content.Contains("</think>", StringComparison.Ordinal);
        return new ContinuedMessage(isOpened, HasAnswer: !isOpened && !start.IsEmpty);
    }

    // A text, or the texts of its parts.
    private static string ContentOf(RequestJson message)
    {
        if (message.Find("content") is not { Type: JsonTokenType.String or JsonTokenType.StartArray } content)
        {
            return "";
        }

        if (content.Type == JsonTokenType.String)
        {
            return JsonText.Decode(content.Text(message.Body.Span));
        }

        using var parts = JsonDocument.Parse(message.Body[content.ValueStart..content.ValueEnd], RequestItem.Options);
        return string.Concat(parts.RootElement.EnumerateArray().Select(TextOf));
    }

    private static string? TextOf(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
