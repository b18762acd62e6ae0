using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// The messages of a request as chat messages: at most one system message, then turns that alternate, as chat templates require.
/// Source: https://docs.claude.com/en/api/messages
/// </summary>
internal sealed class Conversation
{
    private readonly SystemPrompt _system;
    private readonly UserTurn _user;
    private readonly AssistantTurn _assistant;
    private readonly ByteBuffer _turns = new(16 * 1024);
    private int? _lastUser; // The index of the last message of the user.

    /// <exception cref="ErrorResponseException">A message is malformed or has content that is not supported.</exception>
    public Conversation(RequestJson json)
    {
        (_system, _user, _assistant) = (new SystemPrompt(Tools), new UserTurn(CallIds, Tools), new AssistantTurn(CallIds));
        if (Find(json, "system") is { } system)
        {
            _system.Add(system, "system");
        }

        var messages = Find(json, "messages") ?? throw json.Missing("messages", FieldType.Objects);
        var elements = messages.IsArray
            ? messages.Elements()
            : throw new ErrorResponseException(FieldErrors.WrongType("messages", FieldType.Objects, messages.Json.Span));
        for (var i = 0; i < elements.Count; i++)
        {
            Add(elements, i);
        }

        if (_assistant.HasCalls)
        {
            throw new ErrorResponseException(FieldErrors.Invalid(
                $"messages[{elements.Count - 1}]", "`tool_use` ids were found without `tool_result` blocks immediately after"));
        }

        IsPrefilled = _assistant.HasText;
        _user.Flush(_turns);
        if (IsPrefilled) // A message without text cannot be continued.
        {
            _assistant.Flush(_turns);
        }

        if (_turns.Length == 0)
        {
            throw new ErrorResponseException(FieldErrors.Invalid(
                "messages", elements.Count == 0 ? "at least one message is required" : "at least one user message is required"));
        }
    }

    /// <summary>True if the reply continues the last message.</summary>
    public bool IsPrefilled { get; }

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _system.StartLength;

    /// <summary>The ids of the tool calls.</summary>
    public ToolCallIds CallIds { get; } = new();

    /// <summary>The tools that the conversation loads, adds and removes.</summary>
    public ToolChanges Tools { get; } = new();

    /// <summary>The effort that the last system message with one sets for the turns after it; null for none.</summary>
    public string? Effort { get; private set; }

    /// <summary>A member of a request as the bytes that arrived; null if it is missing or null.</summary>
    public static JsonItem? Find(RequestJson json, string name) =>
        json.Find(name) is { } member ? new JsonItem(member.Type, json.Body[member.ValueStart..member.ValueEnd]) : null;

    /// <summary>Writes the array of chat messages.</summary>
    public void WriteTo(ByteBuffer output) => ChatJson.WriteMessages(output, _system.Span, _turns.Span);

    private void Add(List<JsonItem> messages, int i)
    {
        var message = MessageOf(messages, i);
        var role = RoleOf(message);
        if (role == "system" && AddsEffort(message) && message.Find("content") is null)
        {
            return;
        }

        var content = message.Find("content") ?? throw message.Missing("content", FieldType.Content);
        if (!content.IsText && !content.IsArray)
        {
            throw message.Missing("content", FieldType.Content);
        }

        switch (role)
        {
            case "system":
                _system.Add(content, message.PathOf("content"), IsTemporary(message) && i < (_lastUser ??= FindLastUser(messages)));
                break;
            case "user" when content.Json.Span is [(byte)'[', (byte)']']:
                break; // It would divide the turn of the assistant.
            case "user":
                _system.EndStart();
                _assistant.Flush(_turns);
                Add(content, message.PathOf("content"), _user.AddText, _user.Add);
                break;
            case "assistant":
                _user.Flush(_turns);
                _assistant.Begin();
                Add(content, message.PathOf("content"), _assistant.AddText, _assistant.Add);
                break;
            default:
                throw message.Unsupported("role", ["user", "assistant", "system"]);
        }
    }

    private static string RoleOf(JsonObjectItem message) =>
        message.FindText("role") is { } text ? JsonText.Decode(text.Span) : "";

    // "The new level takes effect from the next user turn", also where the message has no content.
    private bool AddsEffort(JsonObjectItem message)
    {
        if (message.Find("output_config") is null || message.Object("output_config").FindText("effort") is not { } effort)
        {
            return false;
        }

        Effort = JsonText.Decode(effort.Span);
        return true;
    }

    // The model sees the text only until the next message of the user.
    private static bool IsTemporary(JsonObjectItem message) =>
        message.FindText("clear_at") is { } time && JsonText.Decode(time.Span) == "next_user_message";

    private static int FindLastUser(List<JsonItem> messages)
    {
        var i = messages.Count - 1;
        while (i >= 0 && RoleOf(MessageOf(messages, i)) != "user")
        {
            i--;
        }

        return i;
    }

    private static JsonObjectItem MessageOf(List<JsonItem> messages, int i) => new(messages[i], $"messages[{i}]");

    private static void Add(JsonItem content, string path, Action<ReadOnlySpan<byte>> addText, Action<JsonObjectItem> addBlock)
    {
        if (content.IsText)
        {
            addText(content.Text.Span);
            return;
        }

        var blocks = content.Elements();
        for (var i = 0; i < blocks.Count; i++)
        {
            addBlock(new JsonObjectItem(blocks[i], $"{path}[{i}]", tag: ""));
        }
    }
}
