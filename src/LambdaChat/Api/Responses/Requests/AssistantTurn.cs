using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>Adjacent items of the assistant as one message: the thinking, the text and the tool calls.</summary>
internal sealed class AssistantTurn(ToolCallIds ids)
{
    private readonly ContentWriter _text = new();
    private readonly ContentWriter _thinking = new();
    private readonly ByteBuffer _calls = new(256);

    /// <summary>Adds a message.</summary>
    public void AddMessage(RequestItem content)
    {
        var message = new ContentWriter();
        message.Add(content, images: null);
        _text.AddText(message.Text, "\\n\\n"u8);
    }

    /// <summary>Adds a call of a tool.</summary>
    /// <exception cref="ErrorResponseException">The item is malformed.</exception>
    public void AddCall(RequestItem item)
    {
        var type = item.Type;
        var isBuiltIn = BuiltInCalls.IsCall(type);
        var id = InputItems.CallIdOf(item);
        var name = isBuiltIn ? BuiltInCalls.NameOf(type)
            : type == ToolSearch.Call ? ToolSearch.Tool
            : ToolNames.Join(item.FindText("namespace")?.Value.GetString(), item.Text("name").Value.GetString()!);
        var modelId = ids.TakeCall(id);
        var arguments = isBuiltIn ? BuiltInCalls.ArgumentsOf(item)
            : type == ToolSearch.Call ? ToolJson.Arguments(item.Find("arguments"))
            : type == "custom_tool_call" ? ToolJson.Quote([.. "{\"input\":"u8, .. item.Text("input").Raw, .. "}"u8])
            : ToolJson.Arguments(item.Text("arguments"));
        ChatJson.AppendCall(_calls, modelId, JsonText.Quote(name).AsSpan()[1..^1], arguments);
    }

    /// <summary>
    /// Adds the thinking of a reasoning item. Of an item that only another server can read completely, the summary is left out, too.
    /// </summary>
    /// <exception cref="ErrorResponseException">The item is malformed.</exception>
    public void AddThinking(RequestItem item)
    {
        var content = item.List("content").ToList();
        if (item.FindText("encrypted_content") is { Escaped.IsEmpty: false } sealedText)
        {
            if (ThinkingEnvelope.Open(sealedText.Value.GetString()!) is { Length: > 0 } text)
            {
                _thinking.AddText(JsonText.Quote(text).AsSpan()[1..^1], "\\n"u8);
                return;
            }

            if (content.Count == 0)
            {
                return;
            }
        }

        foreach (var part in content.Count > 0 ? content : item.List("summary"))
        {
            _thinking.AddText(part.Text("text").Escaped, "\\n"u8);
        }
    }

    public bool HasCalls => _calls.Length > 0;

    /// <summary>True if the turn has a text or a call. Thinking alone is not a message.</summary>
    public bool HasMessage => !_text.IsEmpty || HasCalls;

    /// <summary>Writes the message, if there is one, and resets the turn.</summary>
    public void Flush(ByteBuffer output)
    {
        if (HasMessage)
        {
            ChatJson.AppendAssistant(output, _text.Value, _thinking.Value, _calls.Span);
        }

        _text.Clear();
        _thinking.Clear();
        _calls.Clear();
        ids.EndTurn();
    }
}
