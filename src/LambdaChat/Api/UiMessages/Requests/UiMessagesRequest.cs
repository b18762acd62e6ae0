using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.UiMessages.Requests;

/// <summary>
/// A request of the AI SDK's chat transport, and of assistant-ui's, which adds <c>system</c>, <c>tools</c>, <c>callSettings</c> and
/// <c>config</c>. Other fields are the page's own and are ignored, as are an API key and an address in <c>config</c>.
/// Source: https://github.com/vercel/ai/blob/main/packages/ai/src/ui/http-chat-transport.ts
/// </summary>
internal sealed class UiMessagesRequest
{
    private readonly RequestItem _root;
    private readonly ChatMessages _messages = new();

    /// <param name="root">The request body.</param>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public UiMessagesRequest(JsonElement root)
    {
        _root = new RequestItem(root, "");
        if (_root.FindText("system") is { } system)
        {
            _messages.AddSystem(system.Escaped);
        }

        ChatId = _root.FindText("id")?.Value.GetString() is { Length: > 0 } id ? id : null;
        var messages = _root.Find("messages") ?? throw _root.Missing("messages", FieldType.Objects, "an array of at least one UIMessage");
        var parts = new MessageParts(_messages);
        RequestItem? last = null;
        foreach (var item in messages.Expect(FieldType.Objects).Elements())
        {
            parts.Add(item);
            _messages.EndStep();
            last = item;
        }

        var isNew = _root.FindText("trigger")?.Value.GetString() == "regenerate-message";
        Continued = !isNew && last is { } message && message.Text("role").Value.GetString() == "assistant" ? message : null;
        ContinuedId = Continued?.FindText("id")?.Value.GetString();
    }

    /// <summary>The name that the client gave to the conversation; null for none.</summary>
    public string? ChatId { get; }

    /// <summary>The message that the reply continues, after the results of its tool calls; null for a new message.</summary>
    public RequestItem? Continued { get; }

    /// <summary>Its id; null if it has none.</summary>
    public string? ContinuedId { get; }

    /// <summary>The bytes of the system message before the first message of the user.</summary>
    public int SystemLength => _messages.SystemLength;

    /// <summary>The ids of the tool calls so far.</summary>
    public ToolCallIds Ids => _messages.Ids;

    /// <summary>The model that the request names; null if it names none.</summary>
    /// <exception cref="ErrorResponseException">The name is not a string.</exception>
    public static string? ModelName(RequestJson json) =>
        json.FindText("model") is { Length: > 0 } name ? name : json.FindTextIn("config", "modelName");

    /// <summary>Creates the chat completion request.</summary>
    /// <exception cref="ErrorResponseException">A field is invalid.</exception>
    public ReadOnlyMemory<byte> ToChat()
    {
        var body = new ChatBody(_messages, _root);
        if (_root.FindObject("tools") is { } tools)
        {
            foreach (var (name, tool) in tools.Members())
            {
                var escaped = name.Length > 0 ? JsonText.Quote(name).AsSpan()[1..^1] : throw tools.Invalid("the name of a tool is empty");
                body.AddTool(escaped, tool.Expect(FieldType.Object));
            }
        }

        var settings = _root.FindObject("callSettings");
        var limit = settings?.Find("maxOutputTokens") is null ? "maxTokens" : "maxOutputTokens";
        if (settings is { } item) // Errors of the chat completion request would name the field of that request.
        {
            RequestJson.TryParse(item.Raw.ToArray())!.FindInteger(limit, 1, long.MaxValue, $"callSettings.{limit}");
        }

        body.Copy(settings, limit, "max_tokens"u8, FieldType.Integer);
        body.Copy(settings, "temperature", "temperature"u8, FieldType.Number);
        body.Copy(settings, "topP", "top_p"u8, FieldType.Number);
        body.Copy(settings, "topK", "top_k"u8, FieldType.Integer);
        body.Copy(settings, "presencePenalty", "presence_penalty"u8, FieldType.Number);
        body.Copy(settings, "frequencyPenalty", "frequency_penalty"u8, FieldType.Number);
        body.Copy(settings, "seed", "seed"u8, FieldType.Integer);
        body.Copy(settings, "stopSequences", "stop"u8, FieldType.Strings);
        return body.Write();
    }
}
