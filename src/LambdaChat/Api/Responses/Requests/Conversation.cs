using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The input of a request as chat messages. All instructions become one leading system message, adjacent messages of the user become one,
/// and the results of tools directly follow the message with their calls, because many chat templates accept no other order. Items of an
/// unknown type are omitted: they are the history of tools that ran elsewhere.
/// Source: https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class Conversation
{
    private static readonly JsonElement NoItems = JsonElement.Parse("[]"u8);

    private readonly SystemTexts _system = new();
    private readonly ContentWriter _user = new(); // Adjacent messages, with the images of the tool results before them.
    private readonly ContentWriter _result = new();
    private readonly AssistantTurn _assistant;
    private readonly ToolOutputs _outputs = new();
    private readonly ByteBuffer _messages = new(4096);

    /// <param name="history">The items before the input; null for none.</param>
    /// <param name="stored">The items to which the input refers; null for none.</param>
    /// <param name="maximumItems">The maximum number of items.</param>
    /// <exception cref="ErrorResponseException">The input is malformed.</exception>
    public Conversation(RequestItem root, RequestItem? history, IStoredItems? stored, int maximumItems)
    {
        _assistant = new AssistantTurn(CallIds);
        AddSystem(root.FindText("instructions"));
        Input = root.Find("input") ?? (history is null ? throw root.Missing("input", FieldType.Input) : new RequestItem(NoItems, "input"));
        var earlier = new HistoryItems(history);
        List<RequestItem> items = [.. earlier.All];
        if (Input.Expect(FieldType.Input).Value.ValueKind == JsonValueKind.Array)
        {
            Require(Input.Value.GetArrayLength(), history?.Value.GetArrayLength() ?? 0, maximumItems);
            items.AddRange(Input.Objects().Select(item => InputItems.Resolve(item, stored)).Where(item => !earlier.Has(item)));
        }

        _outputs.Note(items);
        items.ForEach(Add);
        if (Input.Value.ValueKind == JsonValueKind.String)
        {
            AddMessage("user", Input);
        }

        EndAssistant();
        EndUser();
        if (_messages.Length == 0 && _system.IsEmpty)
        {
            throw new ErrorResponseException(Input.Raw is [(byte)'[', (byte)']']
                ? FieldErrors.EmptyArray(Input.Path)
                : FieldErrors.Invalid(Input.Path, "at least one item must be a message"));
        }
    }

    /// <summary>The input: a string or an array of items. It may be omitted after a history.</summary>
    public RequestItem Input { get; }

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _system.StartLength;

    /// <summary>The ids of the tool calls.</summary>
    public ToolCallIds CallIds { get; } = new();

    /// <summary>Writes the array of messages.</summary>
    public void WriteTo(ByteBuffer output) => ChatJson.WriteMessages(output, _system.Span, _messages.Span);

    private static void Require(int input, int history, int maximum)
    {
        if (input + history > maximum)
        {
            throw new ErrorResponseException(history == 0
                ? FieldErrors.LongArray("input", maximum, input)
                : FieldErrors.Invalid("input", $"the conversation has {input + history} items; the maximum is {maximum}"));
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
            case var _ when InputItems.IsCall(item):
                _assistant.AddCall(item);
                break;
            case "reasoning":
                _assistant.AddThinking(item);
                break;
            case var _ when InputItems.IsOutput(item):
                AddOutput(InputItems.FindCallId(item), item);
                break;
            case "agent_message": // Of another agent: https://github.com/openai/codex/issues/45233
                AddMessage("user", item.Find("content") ?? throw item.Missing("content", FieldType.Content));
                break;
        }
    }

    private void AddMessage(string role, RequestItem content, RequestItem item = default)
    {
        switch (role)
        {
            case "assistant":
                _assistant.AddMessage(content);
                break;
            case "system" or "developer":
                AddSystem(content);
                break;
            case "user":
                StartUser();
                _user.Add(content, _user);
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

    // The call of an output may not be in the conversation: some clients cut old items off. If it is, the output belongs to the turn of the
    // assistant that now ends, or it came late and was written with its call. An output that names no call is a message to the model.
    private void AddOutput(string? call, RequestItem output)
    {
        var hasCall = call is not null && _outputs.HasCall(call);
        if (!hasCall && string.IsNullOrEmpty(call))
        {
            StartUser();
            WriteOutput(output, _user);
            return;
        }

        if (!hasCall || _assistant.HasCalls)
        {
            EndAssistant();
        }

        if (!hasCall)
        {
            EndUser();
            AddResult(call!, output);
        }
    }

    /// <param name="output">The item with the result; null if the tool was not run.</param>
    private void AddResult(string call, RequestItem? output)
    {
        StartMessage("""{"role":"tool","tool_call_id":"""u8);
        _messages.Append(CallIds.TakeResult(call));
        _messages.Append(",\"content\":"u8);
        if (output is { } item)
        {
            WriteOutput(item, _result);
            _result.WriteTo(_messages);
            _result.Clear();
        }
        else
        {
            _messages.Append(ChatMessages.NotRun);
        }

        _messages.Append("}"u8);
    }

    private void WriteOutput(RequestItem item, ContentWriter target)
    {
        if (BuiltInCalls.IsOutput(item.Type) || item.Type == ToolSearch.Output)
        {
            target.AddText(item.Type == ToolSearch.Output ? ToolSearch.ResultOf(item) : BuiltInCalls.ResultOf(item), default);
            return;
        }

        var images = _user.Images;
        target.Add(item.Find("output") ?? throw item.Missing("output", FieldType.Content), _user);
        if (_user.Images > images && target.IsEmpty)
        {
            target.AddText("The image follows in the next user message."u8, default);
        }
    }

    private void EndAssistant()
    {
        if (_assistant.HasMessage)
        {
            EndUser();
        }

        _assistant.Flush(_messages);
        while (CallIds.TakeEndedCall() is { } call)
        {
            AddResult(call, _outputs.Take(call));
        }
    }

    private void StartUser()
    {
        _system.EndStart();
        EndAssistant();
        _user.StartMessage();
    }

    private void EndUser()
    {
        if (!_user.IsEmpty)
        {
            StartMessage("""{"role":"user","content":"""u8);
            _user.WriteTo(_messages);
            _user.Clear();
            _messages.Append("}"u8);
        }
    }

    private void StartMessage(ReadOnlySpan<byte> start)
    {
        _messages.Append(_messages.Length > 0 ? ","u8 : default);
        _messages.Append(start);
    }
}
