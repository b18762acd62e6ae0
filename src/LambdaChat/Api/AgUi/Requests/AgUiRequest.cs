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
    /// <exception cref="InvalidRequestException">A field is invalid.</exception>
    public AgUiRequest(JsonElement root)
    {
        _root = new RequestItem(root, "");
        var messages = _root.Find("messages")
            ?? throw _root.Fault("messages", "is required: an array of messages. This address is for AG-UI's HttpAgent");
        Thread = _root.Text("threadId").Value.GetString()!;
        ThreadId = _root.Text("threadId").Raw.ToArray();
        RunId = _root.Text("runId").Raw.ToArray();
        if (_root.Find("resume") is { } resume && !IsEmpty(resume.Value))
        {
            throw resume.Fault("must be empty: interrupts are not supported");
        }

        AddContext();
        new AgUiMessages(_messages).AddAll([.. messages.Expect(JsonValueKind.Array, "must be an array of messages").Elements()]);
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

    /// <summary>The model that the request names; null if it names none.</summary>
    /// <exception cref="InvalidRequestException">The name is not a string.</exception>
    public static string? ModelName(RequestJson json) => json.TextIn("forwardedProps", "model");

    /// <summary>Creates the chat completion request.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid.</exception>
    public ReadOnlyMemory<byte> ToChat()
    {
        var body = new ChatBody(_messages);
        foreach (var tool in _root.List("tools"))
        {
            body.AddTool(tool.Expect(JsonValueKind.Object, "must be an object").Text("name").Escaped, tool);
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
            var description = entry.Expect(JsonValueKind.Object, "must be an object").FindText("description")?.Value.GetString();
            var value = entry.Find("value") is not { } item ? ""
                : item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : item.Value.GetRawText();
            _messages.AddSystem(JsonText.Quote(string.IsNullOrEmpty(description) ? value : $"{description}: {value}").AsSpan()[1..^1]);
        }
    }
}
