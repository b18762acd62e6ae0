using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Streaming;

namespace LambdaChat.Api.AgUi.Requests;

/// <summary>
/// Reads the messages of a run into chat messages. Clients may store the text and the calls of one reply as several messages. Adjacent
/// messages become one, and each call is followed by its result, which may be anywhere. Source: https://docs.ag-ui.com/concepts/messages
/// </summary>
internal sealed class AgUiMessages(ChatMessages messages)
{
    private readonly Dictionary<string, Queue<RequestItem>> _results = new(StringComparer.Ordinal);
    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);
    private readonly List<RequestItem> _files = []; // Of results.

    /// <summary>Adds all messages.</summary>
    /// <exception cref="ErrorResponseException">A message is malformed, or has a file that is not supported.</exception>
    public void AddAll(IReadOnlyList<RequestItem> all)
    {
        foreach (var message in all)
        {
            switch (RoleOf(message))
            {
                case "tool":
                    AddResult(message);
                    break;
                case "assistant":
                    _calls.UnionWith(message.List("toolCalls").Select(IdOf));
                    break;
            }
        }

        foreach (var message in all)
        {
            Add(message, RoleOf(message));
        }

        AddFiles();
    }

    private static string RoleOf(RequestItem message) =>
        message.Expect(FieldType.Object).Name("role");

    private static string IdOf(RequestItem call) =>
        call.Expect(FieldType.Object).Text("id").Value.GetString()!;

    private void AddResult(RequestItem message)
    {
        var id = message.Text("toolCallId").Value.GetString()!;
        if (!_results.TryGetValue(id, out var results))
        {
            _results[id] = results = new();
        }

        results.Enqueue(message);
    }

    private void Add(RequestItem message, string role)
    {
        switch (role)
        {
            case "system" or "developer":
                messages.AddSystem(message.Text("content").Escaped);
                break;
            case "user":
                AddFiles();
                AddUser(message);
                break;
            case "assistant":
                AddAssistant(message);
                break;
            case "tool":
                EndStep(message);
                break;
            case "reasoning":
                messages.AddThinking(message.FindText("content") is { } thinking ? thinking.Escaped : default);
                break;
            case "activity":
                break; // These messages are for the page only.
            default:
                throw message.Unsupported(
                    "role", ["system", "developer", "user", "assistant", "tool", "reasoning", "activity"]);
        }
    }

    // The result itself was written with its call, unless the conversation does not have the call.
    private void EndStep(RequestItem message)
    {
        var id = message.Text("toolCallId").Value.GetString()!;
        if (_calls.Contains(id))
        {
            messages.EndStep();
        }
        else
        {
            messages.AddResult(id, ResultOf(message));
        }

        AddFiles();
    }

    private void AddFiles()
    {
        _files.ForEach(AddPart);
        _files.Clear();
    }

    private void AddAssistant(RequestItem message)
    {
        if (message.FindText("content") is { Escaped.IsEmpty: false } content)
        {
            messages.AddText(content.Escaped);
        }

        foreach (var call in message.List("toolCalls"))
        {
            var id = IdOf(call);
            var function = call.Object("function");
            messages.AddCall(
                id, function.Text("name").Escaped, ToolJson.Arguments(function.FindText("arguments")),
                TakeResult(id) is { } result ? ResultOf(result) : ChatMessages.NotRun);
        }
    }

    // Some models repeat ids. The results with one id belong to its calls in their order.
    private RequestItem? TakeResult(string id) =>
        _results.TryGetValue(id, out var results) && results.TryDequeue(out var result) ? result : null;

    private byte[] ResultOf(RequestItem message)
    {
        var content = message.Find("content");
        var result = content is { Value.ValueKind: JsonValueKind.Array } parts && parts.Elements().Any(static part => part.Type.Length > 0)
            ? TextOf(parts)
            : ToolJson.Result(content);
        return message.FindText("error") is not { Escaped: { IsEmpty: false } error } || result.AsSpan().IndexOf(error) >= 0 ? result
            : result.Length == 2 ? [(byte)'"', .. error, (byte)'"']
            : [.. result.AsSpan()[..^1], .. "\\n\\n"u8, .. error, (byte)'"'];
    }

    // Since AG-UI 1.0, a result may have content parts. Model servers accept texts only, so files follow in a message of the user.
    private byte[] TextOf(RequestItem parts)
    {
        var text = new ByteBuffer(256);
        text.Append("\""u8);
        foreach (var part in parts.Objects())
        {
            if (part.Type == "text")
            {
                text.Append(text.Length > 1 ? "\\n\\n"u8 : default);
                text.Append(part.Text("text").Escaped);
            }
            else
            {
                _files.Add(part);
            }
        }

        text.Append(text.Length > 1 ? "\""u8 : "The file follows in the next user message.\""u8);
        return text.Span.ToArray();
    }

    private void AddUser(RequestItem message)
    {
        // CopilotKit before content parts sends an image as a message without content.
        if (message.Find("image") is { } image && image.Find("bytes") is not null)
        {
            new Attachment(image).AddBase64(messages, image.Text("bytes"), $"image/{image.Text("format").Value.GetString()}", name: null);
            if (message.Find("content") is null)
            {
                return;
            }
        }

        AddContent(message.Find("content") ?? throw message.Missing("content", FieldType.Content));
    }

    private void AddContent(RequestItem content)
    {
        if (content.Value.ValueKind == JsonValueKind.String)
        {
            messages.AddUserText(content.Escaped);
            return;
        }

        foreach (var part in content.Expect(FieldType.Content).Objects())
        {
            AddPart(part);
        }
    }

    private void AddPart(RequestItem part)
    {
        switch (part.Type)
        {
            case "text":
                messages.AddUserText(part.Text("text").Escaped);
                break;
            case "image" or "audio" or "video" or "document":
                AddSource(part, part.Object("source"));
                break;
            case "binary": // Before AG-UI 1.0.
                AddFile(part, part, "data", "url");
                break;
            default:
                throw part.Unsupported("type", ["text", "image", "document"]);
        }
    }

    private void AddSource(RequestItem part, RequestItem source)
    {
        if (source.Type is not ("data" or "url"))
        {
            throw source.Unsupported("type", ["data", "url"]);
        }

        AddFile(part, source, source.Type == "data" ? "value" : "", source.Type == "url" ? "value" : "");
    }

    private void AddFile(RequestItem part, RequestItem source, string data, string url)
    {
        var type = source.FindText("mimeType")?.Value.GetString();
        var name = NameOf(part);
        var file = new Attachment(part);
        if (source.FindText(data) is { } content && !Attachment.IsDataUrl(content))
        {
            file.AddBase64(messages, content, type ?? throw source.Missing("mimeType", FieldType.String, "a media type"), name);
        }
        else if ((source.FindText(data) ?? source.FindText(url)) is { } address)
        {
            file.AddUrl(messages, address, type, name);
        }
        else
        {
            throw source.Invalid($"a file of type {Excerpt.Of(type ?? "unknown")} must contain its data: ids of files are not supported");
        }
    }

    // Since AG-UI 1.0, the parts have no member for the name. assistant-ui sends it in the metadata, which may be any value.
    private static string? NameOf(RequestItem part) =>
        part.FindText("filename")?.Value.GetString() ?? (part.Find("metadata")?.Name("filename") is { Length: > 0 } name ? name : null);
}
