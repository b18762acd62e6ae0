using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// The system prompt, and the messages of the role <c>system</c>, as one system message, because chat templates accept only one. The
/// billing line at the start of Claude Code's prompt is removed: it changes, and model servers cache only equal beginnings.
/// </summary>
internal sealed class SystemPrompt(ToolChanges tools)
{
    private readonly SystemTexts _text = new();

    /// <summary>The length of the texts before the first message of the user.</summary>
    public int StartLength => _text.StartLength;

    /// <summary>The joined texts without quotes.</summary>
    public ReadOnlySpan<byte> Span => _text.Span;

    private static ReadOnlySpan<byte> Billing => "x-anthropic-billing-header"u8;

    /// <summary>Adds a text, or the texts of blocks.</summary>
    /// <param name="isCleared">True for texts that the model does not see any more.</param>
    /// <exception cref="ErrorResponseException">The content is neither.</exception>
    public void Add(JsonItem content, string path, bool isCleared = false)
    {
        if (content.IsText)
        {
            AddText(isCleared ? default : content.Text.Span);
            return;
        }

        if (!content.IsArray)
        {
            throw new ErrorResponseException(FieldErrors.WrongType(path, FieldType.Content, content.Json.Span));
        }

        var blocks = content.Elements();
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = new JsonObjectItem(blocks[i], $"{path}[{i}]", tag: "");
            if (!tools.TryAdd(block))
            {
                var text = block.Type == "text"
                    ? block.Text("text")
                    : throw block.Unsupported("type", ["text", "tool_addition", "tool_removal"]);
                AddText(isCleared ? default : text.Span);
            }
        }
    }

    /// <summary>Ends the start of the conversation, unless it has ended.</summary>
    public void EndStart() => _text.EndStart();

    private void AddText(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith(Billing))
        {
            var end = text.IndexOf("\\n"u8);
            text = end < 0 ? default : text[(end + 2)..];
        }

        _text.Add(text);
    }
}
