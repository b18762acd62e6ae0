using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The input of a request as chat messages. All instructions become one leading system message, because many chat templates accept a
/// system message only there. Items of an unknown type are omitted: they are the history of tools that ran elsewhere. Source:
/// https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class Conversation
{
    private readonly SystemTexts _system = new();
    private readonly ContentWriter _content = new();
    private readonly ContentWriter _toolImages = new(); // Written after all tool results of the turn.
    private readonly AssistantTurn _assistant;
    private readonly ByteBuffer _messages = new(4096);
    private readonly ByteBuffer _message = new(1024);
    private readonly IStoredItems? _stored;

    /// <param name="history">The items before the input; null for none.</param>
    /// <param name="stored">The items to which the input refers; null for none.</param>
    /// <param name="maximumItems">The maximum number of items.</param>
    /// <exception cref="InvalidRequestException">The input is malformed.</exception>
    public Conversation(RequestItem root, RequestItem? history, IStoredItems? stored, int maximumItems)
    {
        (_stored, _assistant) = (stored, new AssistantTurn(CallIds));
        AddSystem(root.FindText("instructions"));
        var input = root.Find("input") ?? throw root.Missing("input", FieldType.Input);
        NoteResults(history);
        NoteResults(input);
        foreach (var item in history?.Elements().Where(static item => !InputItems.IsCutCall(item)) ?? [])
        {
            Add(item);
        }

        if (input.Value.ValueKind == JsonValueKind.String)
        {
            AddMessage("user", input);
        }
        else
        {
            Require(input.Expect(FieldType.Input).Value.GetArrayLength(), history?.Value.GetArrayLength() ?? 0, maximumItems);
            foreach (var item in input.Objects())
            {
                Add(item);
            }
        }

        EndTurns();
        if (_messages.Length == 0 && _system.IsEmpty)
        {
            throw new InvalidRequestException(input.Raw is [(byte)'[', (byte)']']
                ? FieldErrors.EmptyArray(input.Path)
                : FieldErrors.Invalid(input.Path, "at least one item must be a message"));
        }
    }

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _system.StartLength;

    /// <summary>The ids of the tool calls.</summary>
    public ToolCallIds CallIds { get; } = new();

    /// <summary>Writes the array of messages.</summary>
    public void WriteTo(ByteBuffer output)
    {
        output.Append("["u8);
        if (!_system.IsEmpty)
        {
            output.Append("{\"role\":\"system\",\"content\":\""u8);
            output.Append(_system.Span);
            output.Append(_messages.Length > 0 ? "\"},"u8 : "\"}"u8);
        }

        output.Append(_messages.Span);
        output.Append("]"u8);
    }

    private static InvalidRequestException NotFound(RequestItem item) => new(OpenAIError.BadRequest(
        $"Item with id '{Excerpt.Of(item.Name("id"))}' not found. Set `store` to false and send the item itself.", item.Path));

    private static void Require(int input, int history, int maximum)
    {
        if (input + history > maximum)
        {
            throw new InvalidRequestException(history == 0
                ? FieldErrors.LongArray("input", maximum, input)
                : FieldErrors.Invalid("input", $"the conversation has {input + history} items; the maximum is {maximum}"));
        }
    }

    // The output of a call may be anywhere in the conversation.
    private void NoteResults(RequestItem? items)
    {
        foreach (var item in items is { Value.ValueKind: JsonValueKind.Array } array ? array.Elements() : [])
        {
            if (InputItems.FindAnsweredCall(item) is { } id)
            {
                CallIds.NoteResult(id);
            }
        }
    }

    private void Add(RequestItem item)
    {
        switch (InputItems.TypeOf(item))
        {
            case "message":
                AddMessage(item.Name("role"), item.Find("content") ?? throw item.Missing("content", FieldType.Content), item);
                break;
            case "":
                throw item.Missing("type", FieldType.String, "a string such as 'message'");
            case "function_call" or "custom_tool_call":
            case var call when BuiltInCalls.IsCall(call):
                EndResults();
                _assistant.AddCall(item);
                break;
            case "reasoning":
                EndResults();
                _assistant.AddThinking(item);
                break;
            case "function_call_output" or "custom_tool_call_output":
                EndAssistant();
                _content.Add(item.Find("output") ?? throw item.Missing("output", FieldType.Content), _toolImages);
                AddResult(item.Text("call_id"));
                break;
            case var output when BuiltInCalls.IsOutput(output):
                EndAssistant();
                _content.AddText(BuiltInCalls.ResultOf(item), default);
                AddResult(BuiltInCalls.IdOf(item));
                break;
            // A reference to reasoning that is not stored is omitted. Only the reasoning is lost.
            case InputItems.Reference when _stored?.Find(item.Text("id").Value.GetString()!) is { } stored:
                Add(new RequestItem(stored, item.Path));
                break;
            case InputItems.Reference when !item.Text("id").Escaped.StartsWith("rs_"u8):
                throw NotFound(item);
        }
    }

    private void AddMessage(string role, RequestItem content, RequestItem item = default)
    {
        switch (role)
        {
            case "assistant":
                EndResults();
                _assistant.AddMessage(content);
                break;
            case "system" or "developer":
                AddSystem(content);
                break;
            case "user":
                _system.EndStart();
                EndTurns();
                _content.Add(content, _content);
                Flush("user"u8, _content);
                break;
            default:
                throw item.Unsupported("role", ["user", "assistant", "system", "developer"]);
        }
    }

    private void AddSystem(RequestItem? content)
    {
        if (content is { } instructions)
        {
            var message = new ContentWriter();
            message.Add(instructions, images: null);
            _system.Add(message.Text);
        }
    }

    private void AddResult(RequestItem callId)
    {
        if (_toolImages.HasImage && _content.IsEmpty)
        {
            _content.AddText("The image follows in the next user message."u8, default);
        }

        _message.Clear();
        _message.Append("{\"role\":\"tool\",\"tool_call_id\":"u8);
        _message.Append(CallIds.TakeResult(callId.Escaped));
        _message.Append(",\"content\":"u8);
        _content.WriteTo(_message);
        _message.Append("}"u8);
        _content.Clear();
        AppendMessage();
    }

    private void EndTurns()
    {
        EndResults();
        EndAssistant();
    }

    private void EndResults()
    {
        if (_toolImages.HasImage)
        {
            Flush("user"u8, _toolImages);
        }
    }

    private void EndAssistant()
    {
        _message.Clear();
        if (_assistant.TryTake(_message))
        {
            AppendMessage();
            CallIds.WriteMissingResults(_messages);
        }
    }

    private void Flush(ReadOnlySpan<byte> role, ContentWriter content)
    {
        _message.Clear();
        _message.Append("{\"role\":\""u8);
        _message.Append(role);
        _message.Append("\",\"content\":"u8);
        content.WriteTo(_message);
        _message.Append("}"u8);
        content.Clear();
        AppendMessage();
    }

    private void AppendMessage()
    {
        _messages.Append(_messages.Length > 0 ? ","u8 : default);
        _messages.Append(_message.Span);
    }
}
