using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.AgUi.Requests;

/// <summary>
/// A run of an AG-UI client. The state of the page, and fields that are not known, are ignored. Source:
/// https://docs.ag-ui.com/sdk/js/core/types
/// </summary>
internal sealed class AgUiRequest
{
    private readonly RequestItem _root;
    private readonly ChatMessages _messages = new();

    /// <param name="root">The request body.</param>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public AgUiRequest(JsonElement root)
    {
        _root = new RequestItem(root, "");
        var messages = _root.Find("messages")
            ?? throw _root.Missing("messages", FieldType.Objects, "an array of messages, as AG-UI's HttpAgent sends it");
        Thread = _root.Text("threadId").Value.GetString()!;
        ThreadId = _root.Text("threadId").Raw.ToArray();
        RunId = _root.Text("runId").Raw.ToArray();
        if (_root.Find("resume") is { } resume && !IsEmpty(resume.Value))
        {
            throw resume.Invalid("it must be empty, because interrupts are not supported");
        }

        AddContext();
        Messages = [.. messages.Expect(FieldType.Objects).Elements()];
        new AgUiMessages(_messages).AddAll(Messages);
    }

    /// <summary>The id of the conversation.</summary>
    public string Thread { get; }

    /// <summary>The id of the conversation, as a JSON string.</summary>
    public byte[] ThreadId { get; }

    /// <summary>The id of the run, as a JSON string.</summary>
    public byte[] RunId { get; }

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _messages.SystemLength;

    /// <summary>The ids of the tool calls so far.</summary>
    public ToolCallIds Ids => _messages.Ids;

    /// <summary>The messages of the conversation.</summary>
    public IReadOnlyList<RequestItem> Messages { get; }

    /// <summary>Whether the client may be one that does not know the events of thinking.</summary>
    public bool MayBeOld => OldClient.MayHaveSent(_root);

    /// <summary>The model that the path or the request names; null if they name none.</summary>
    /// <param name="ofPath">Empty for none.</param>
    /// <exception cref="ErrorResponseException">The name is not a string.</exception>
    public static string? ModelName(RequestJson json, string ofPath) =>
        ofPath.Length > 0 ? ofPath : json.FindTextIn("forwardedProps", "model");

    /// <summary>Creates the chat completion request.</summary>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public ReadOnlyMemory<byte> ToChat()
    {
        var body = new ChatBody(_messages, _root);
        foreach (var tool in _root.List("tools"))
        {
            var name = tool.Text("name");
            body.AddTool(name.Escaped.IsEmpty ? throw tool.Missing("name", FieldType.String) : name.Escaped, tool);
        }

        return body.Write();
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private void AddContext()
    {
        foreach (var entry in _root.List("context"))
        {
            var description = entry.FindText("description")?.Value.GetString();
            var value = entry.Find("value") is not { } item ? ""
                : item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : item.Value.GetRawText();
            _messages.AddSystem(JsonText.Quote(string.IsNullOrEmpty(description) ? value : $"{description}: {value}").AsSpan()[1..^1]);
        }
    }
}
