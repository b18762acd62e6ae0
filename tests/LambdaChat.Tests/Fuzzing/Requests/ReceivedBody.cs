using System.Text.Json;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>
/// A body that the model server gets, read as strictly as vLLM and SGLang: known members and types, no null and no empty list, each call
/// with its result directly after it, and arguments that are an object. Sources: <c>vllm/entrypoints/openai/chat_completion/protocol.py</c>
/// and <c>sglang/srt/entrypoints/openai/protocol.py</c>
/// </summary>
internal sealed class ReceivedBody
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 300, AllowDuplicateProperties = false };

    private readonly Meaning _meaning = new();
    private readonly List<string> _open = []; // The calls without a result.
    private readonly Func<string, List<string>> _divide;
    private readonly bool _isTranslated;
    private string _last = "";

    private ReceivedBody(JsonElement body, bool isTranslated, Func<string, List<string>> divide)
    {
        (_isTranslated, _divide) = (isTranslated, divide);
        var messages = body.GetProperty("messages");
        Assert.NotEqual(0, messages.GetArrayLength());
        foreach (var message in messages.EnumerateArray())
        {
            Add(message);
        }

        Assert.True(_open.Count == 0, "A call has no result.");
        foreach (var member in body.EnumerateObject().Where(static member => member.Name != "messages"))
        {
            ReceivedMembers.Add(member, body, _meaning);
        }
    }

    /// <summary>Checks a body, and returns what it says.</summary>
    /// <param name="isTranslated">False for a request of Chat Completions, whose messages keep their order.</param>
    public static string Read(ReadOnlyMemory<byte> body, bool isTranslated)
    {
        using var json = JsonDocument.Parse(body, Options);
        return new ReceivedBody(json.RootElement, isTranslated, Meaning.Divide)._meaning.ToString();
    }

    /// <summary>Checks a body that was translated, whatever its texts are.</summary>
    public static void Check(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body, Options);
        _ = new ReceivedBody(json.RootElement, isTranslated: true, static text => [text]);
        RequireText(json.RootElement);
    }

    /// <summary>Checks a body of Chat Completions, in which the relay edits little: its texts, and the arguments of calls.</summary>
    public static void CheckChat(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body, Options);
        RequireText(json.RootElement);
        Assert.Equal("m", TextOf(json.RootElement.GetProperty("model")));
        foreach (var message in json.RootElement.GetProperty("messages").EnumerateArray())
        {
            Assert.Equal(JsonValueKind.Object, message.ValueKind);
            var isAssistant = message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String
                && role.ValueEquals("assistant");
            if (isAssistant && message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
            {
                Assert.All(calls.EnumerateArray(), CheckArguments);
            }
        }
    }

    /// <summary>A text, which must be valid Unicode.</summary>
    public static string TextOf(JsonElement value)
    {
        Assert.True(value.ValueKind == JsonValueKind.String, $"A text is {value.ValueKind}.");
        return value.GetString()!;
    }

    private static void RequireMembers(JsonElement item, params string[] names)
    {
        foreach (var member in item.EnumerateObject())
        {
            Assert.True(names.Contains(member.Name), $"The member {member.Name} is unknown.");
        }
    }

    private void Add(JsonElement message)
    {
        var role = TextOf(message.GetProperty("role"));
        Assert.True(role == "tool" || _open.Count == 0, "A call has no result.");
        Assert.True(!_isTranslated || role == "tool" || role != _last, $"Two messages of the role {role} are adjacent.");
        switch (role)
        {
            case "system":
                Assert.True(!_isTranslated || _last.Length == 0, "A system message is not the first one.");
                RequireMembers(message, "role", "content");
                _meaning.AddSystem(ContentOf(message));
                break;
            case "user":
                RequireMembers(message, "role", "content");
                _meaning.AddUser(ContentOf(message));
                break;
            case "tool":
                RequireMembers(message, "role", "content", "tool_call_id");
                AddResult(message);
                break;
            default:
                Assert.Equal("assistant", role);
                AddAssistant(message);
                break;
        }

        _last = role;
    }

    private void AddResult(JsonElement message)
    {
        var id = TextOf(message.GetProperty("tool_call_id"));
        Assert.True(message.GetProperty("content").ValueKind == JsonValueKind.String || !_isTranslated);
        if (_divide != Meaning.Divide)
        {
            _open.Remove(id); // A result without its call is sent on: some clients cut off the start of a conversation.
            ContentOf(message);
            return;
        }

        Assert.True(_open.Remove(id), $"The result {id} has no call.");
        _meaning.AddResult(id, ContentOf(message));
    }

    private void AddAssistant(JsonElement message)
    {
        RequireMembers(message, "role", "content", "reasoning_content", "tool_calls");
        var calls = new List<(string Id, string Call)>();
        if (message.TryGetProperty("tool_calls", out var list))
        {
            Assert.NotEqual(0, list.GetArrayLength());
            calls.AddRange(list.EnumerateArray().Select(CallOf));
        }

        calls.ForEach(call => _open.Add(call.Id));
        var isEmpty = !message.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null;
        Assert.True(!isEmpty || calls.Count > 0, "A message has no content.");
        var thinking = message.TryGetProperty("reasoning_content", out var text) ? _divide(TextOf(text)) : [];
        _meaning.AddAssistant(thinking, isEmpty ? [] : ContentOf(message), calls);
    }

    private static void CheckArguments(JsonElement call)
    {
        if (call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out var function)
            && function.ValueKind == JsonValueKind.Object && function.TryGetProperty("arguments", out var arguments))
        {
            RequireArguments(arguments);
        }
    }

    private static string RequireArguments(JsonElement arguments)
    {
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            return arguments.GetRawText();
        }

        using var json = JsonDocument.Parse(TextOf(arguments), new JsonDocumentOptions { MaxDepth = 300 });
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        RequireText(json.RootElement);
        return json.RootElement.GetRawText();
    }

    private static (string Id, string Call) CallOf(JsonElement call)
    {
        RequireMembers(call, "id", "type", "function");
        Assert.Equal("function", TextOf(call.GetProperty("type")));
        var function = call.GetProperty("function");
        RequireMembers(function, "name", "arguments");
        TextOf(function.GetProperty("arguments"));
        var arguments = RequireArguments(function.GetProperty("arguments"));
        return (TextOf(call.GetProperty("id")), $"{TextOf(function.GetProperty("name"))} {Meaning.Canonical(arguments)}");
    }

    // Model servers decode the arguments, and their tokenizers fail at half of a surrogate pair.
    private static void RequireText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    RequireText(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    RequireText(element);
                }

                break;
            case JsonValueKind.String:
                TextOf(value);
                break;
        }
    }

    private List<string> ContentOf(JsonElement message)
    {
        var content = message.GetProperty("content");
        if (content.ValueKind != JsonValueKind.Array)
        {
            return _divide(TextOf(content));
        }

        Assert.NotEqual(0, content.GetArrayLength());
        return [.. content.EnumerateArray().SelectMany(PartOf)];
    }

    private List<string> PartOf(JsonElement part)
    {
        if (TextOf(part.GetProperty("type")) == "text")
        {
            RequireMembers(part, "type", "text");
            return _divide(TextOf(part.GetProperty("text")));
        }

        Assert.Equal("image_url", TextOf(part.GetProperty("type")));
        RequireMembers(part, "type", "image_url");
        var image = part.GetProperty("image_url");
        RequireMembers(image, "url", "detail");
        Assert.True(!image.TryGetProperty("detail", out var detail) || TextOf(detail) is "auto" or "low" or "high");
        return [$"image {TextOf(image.GetProperty("url"))}"];
    }
}
