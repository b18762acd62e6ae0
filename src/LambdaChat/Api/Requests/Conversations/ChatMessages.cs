using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// Writes the messages of a chat completion request, for APIs of user interfaces. All system texts become one leading message, and adjacent
/// messages of a role become one, because chat templates accept no other order. Texts are escaped as in JSON.
/// </summary>
internal sealed class ChatMessages
{
    private readonly UserContent _user = new();
    private readonly AssistantStep _assistant = new();
    private readonly SystemTexts _system = new();
    private readonly ByteBuffer _messages = new(4096);

    /// <summary>The ids of the tool calls.</summary>
    public ToolCallIds Ids { get; } = new();

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _system.StartLength;

    /// <summary>The text of a result, as a JSON string, for a call that has none.</summary>
    public static ReadOnlySpan<byte> NotRun => "\"The tool was not run.\""u8;

    public void AddSystem(ReadOnlySpan<byte> escaped) => _system.Add(escaped);

    public void AddUserText(ReadOnlySpan<byte> escaped)
    {
        StartUser();
        _user.AddText(escaped);
    }

    /// <param name="url">A data URL, escaped as in JSON.</param>
    public void AddUserImage(ReadOnlySpan<byte> url)
    {
        StartUser();
        _user.AddImage(url);
    }

    public void AddText(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.IsEmpty)
        {
            _user.Flush(_messages);
            _assistant.AddText(escaped);
        }
    }

    /// <summary>Adds thinking. Without a text or a call after it, it is not a message.</summary>
    public void AddThinking(ReadOnlySpan<byte> escaped) => _assistant.AddThinking(escaped);

    /// <summary>Adds a tool call with its result.</summary>
    /// <param name="id">The id that the client knows.</param>
    /// <param name="arguments">The JSON text of the arguments, as a JSON string.</param>
    /// <param name="result">The text of the result, as a JSON string.</param>
    public void AddCall(string id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> result)
    {
        _user.Flush(_messages);
        _assistant.AddCall(Ids.Take(id), id, name, arguments, result);
    }

    /// <summary>Adds a result whose call is not in the conversation: some clients cut old messages off.</summary>
    /// <param name="result">The text of the result, as a JSON string.</param>
    public void AddResult(string id, ReadOnlySpan<byte> result)
    {
        _assistant.Flush(_messages);
        _user.Flush(_messages);
        ChatJson.AppendResult(_messages, JsonText.Quote(Ids.Take(id)), result[1..^1]);
    }

    /// <summary>Ends an assistant message that has tool calls. Without tool calls, the next parts belong to the same message.</summary>
    public void EndStep()
    {
        if (_assistant.HasCalls)
        {
            _assistant.Flush(_messages);
        }
    }

    /// <summary>Writes the array of messages, which may be empty.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        _assistant.Flush(_messages);
        _user.Flush(_messages);
        if (_messages.Length == 0)
        {
            return default;
        }

        var output = new ByteBuffer(_messages.Length + _system.Span.Length + 64);
        ChatJson.WriteMessages(output, _system.Span, _messages.Span);
        return output.Memory;
    }

    private void StartUser()
    {
        _system.EndStart();
        _assistant.Flush(_messages);
    }
}
