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

        var last = FindLast(json.Value(json.Find("messages")!.Value));
        var message = RequestJson.Parse(json.Body.Slice(json.Find("messages")!.Value.ValueStart + last.Start, last.Length)).Json;
        return message is not null && TextOf(message, "role").SequenceEqual("assistant"u8) ? Of(TextOf(message, "content")) : null;
    }

    private static ContinuedMessage Of(ReadOnlySpan<byte> content)
    {
        var start = content[JsonWhiteSpace.SkipBlanks(content, 0)..];
        var isClosed = content.IndexOf("</think>"u8) >= 0 || content.IndexOf("<\\/think>"u8) >= 0;
        var isOpened = start.StartsWith("<think>"u8) && !isClosed;
        return new ContinuedMessage(isOpened, HasAnswer: !isOpened && !start.IsEmpty);
    }

    // The position of the last message in the array.
    private static (int Start, int Length) FindLast(ReadOnlySpan<byte> messages)
    {
        var (start, end) = (0, 0);
        var reader = new Utf8JsonReader(messages, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            start = (int)reader.TokenStartIndex;
            reader.Skip();
            end = (int)reader.BytesConsumed;
        }

        return (start, end - start);
    }

    // As it is escaped in the JSON.
    private static ReadOnlySpan<byte> TextOf(RequestJson message, string name) =>
        message.Find(name) is { Type: JsonTokenType.String } member ? member.Text(message.Body.Span) : default;
}
