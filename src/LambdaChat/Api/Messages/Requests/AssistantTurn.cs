using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>Joins adjacent assistant messages: the thinking, the text and the tool calls.</summary>
internal sealed class AssistantTurn(ToolCallIds ids)
{
    private readonly JoinedText _thinking = new();
    private readonly JoinedText _text = new();
    private readonly ByteBuffer _calls = new(1024);
    private bool _hasMessage;

    /// <summary>True if the turn has tool calls.</summary>
    public bool HasCalls => _calls.Length > 0;

    /// <summary>True if the turn has a text that a reply can continue.</summary>
    public bool HasText => !_text.IsEmpty;

    /// <summary>Begins a message, which may have no content.</summary>
    public void Begin() => _hasMessage = true;

    public void AddText(ReadOnlySpan<byte> escaped) => _text.Add(escaped);

    /// <summary>Adds a content block. What concerns another server only is left out, such as calls of tools that it ran.</summary>
    /// <exception cref="ErrorResponseException">The block is malformed or not supported.</exception>
    public void Add(JsonObjectItem block)
    {
        switch (block.Type)
        {
            case "thinking":
                AddThinking(block);
                break;
            case "redacted_thinking" or "server_tool_use" or "mcp_tool_use" or "mcp_tool_listing" or "fallback":
                break;
            case "tool_use":
                AddCall(block);
                break;
            case var type when type.EndsWith("_tool_result", StringComparison.Ordinal):
                break;
            case var type when !BlockText.TryAdd(block, type, _text):
                throw block.Unsupported("type", ["text", "thinking", "redacted_thinking", "tool_use"]);
        }
    }

    /// <summary>Writes the message, after a comma if <paramref name="output"/> has earlier ones, and resets the turn.</summary>
    public void Flush(ByteBuffer output)
    {
        if (!_hasMessage)
        {
            return;
        }

        ChatJson.AppendAssistant(output, _text.Memory, _thinking.Value, _calls.Span);
        _text.Clear();
        _thinking.Clear();
        _calls.Clear();
        _hasMessage = false;
        ids.EndTurn();
    }

    // Thinking that the client omitted is in its signature.
    private void AddThinking(JsonObjectItem block)
    {
        var text = block.Text("thinking");
        if (text.IsEmpty && block.FindText("signature") is { } signature
            && ThinkingEnvelope.Open(JsonText.Decode(signature.Span)) is { } omitted)
        {
            text = JsonText.Quote(omitted).AsMemory()[1..^1];
        }

        _thinking.Add(text.Span);
    }

    private void AddCall(JsonObjectItem block)
    {
        var id = ids.TakeCall(JsonText.Decode(block.Text("id").Span));
        var name = block.Text("name").Span;
        var input = block.Find("input") is not { } member ? "{}"u8
            : member.IsObject ? member.Json.Span : throw block.Missing("input", FieldType.Object);
        ChatJson.AppendCall(_calls, id, name, ToolJson.Quote(input));
    }
}
