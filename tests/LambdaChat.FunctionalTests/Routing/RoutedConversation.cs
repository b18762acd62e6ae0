using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Routing;

/// <summary>A conversation in the form of an API. Its system prompt is longer than the prefix that SageMaker compares.</summary>
/// <param name="name">The place of the conversation's name: a header, a member of the body, or <c>none</c>.</param>
/// <param name="id">The name of the conversation.</param>
internal sealed class RoutedConversation(RoutingFixture fixture, string api, string model, string name, string id)
{
    private static readonly string SystemPrompt = string.Concat(Enumerable.Range(0, 100).Select(i => $"Rule {i}: be kind. "));

    private readonly List<string> _texts = [];

    public string Key { get; init; } = FunctionFixture.Key;

    /// <summary>Sends the next turn, and returns the call that reached the endpoint.</summary>
    /// <param name="format">Writes the body; null for JSON without white space.</param>
    public async Task<EmulatorCall> SendAsync(Func<JsonObject, string>? format = null)
    {
        _texts.Add($"Question {_texts.Count} of {id}: {string.Concat(Enumerable.Repeat("why? ", 40))}");
        var body = Body();
        body["model"] = model;
        body["stream"] = _texts.Count % 2 == 0;
        AddName(body);
        using var message = new HttpRequestMessage(HttpMethod.Post, Path);
        message.Content = new StringContent(format?.Invoke(body) ?? body.ToJsonString(), Encoding.UTF8, "application/json");
        message.Headers.Authorization = new("Bearer", Key);
        if (name.Contains('-', StringComparison.Ordinal) || name == "session_id")
        {
            message.Headers.Add(name, id);
        }

        using var response = await fixture.Client.SendAsync(message, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        _texts.Add($"Answer {_texts.Count}");
        return fixture.Emulator.Calls.Last();
    }

    private string Path => api switch
    {
        "chat" => "v1/chat/completions",
        "ui" => "api/chat",
        "ag-ui" => $"ag-ui/{model}",
        _ => $"v1/{api}",
    };

    private void AddName(JsonObject body)
    {
        switch (name)
        {
            case "prompt_cache_key" or "id" or "threadId":
                body[name] = id;
                break;
            case "metadata.user_id":
                body["metadata"] = new JsonObject { ["user_id"] = $"user_1_account__session_{id}" };
                break;
        }
    }

    private JsonObject Body()
    {
        var messages = new JsonArray([.. _texts.Select((text, i) => Message(i % 2 == 0 ? "user" : "assistant", text))]);
        switch (api)
        {
            case "chat":
                messages.Insert(0, Message("system", SystemPrompt));
                return new JsonObject { ["messages"] = messages, ["tools"] = new JsonArray(Tool()), ["tool_choice"] = "none" };
            case "ui":
                return new JsonObject { ["system"] = SystemPrompt, ["messages"] = UiMessages() };
            case "ag-ui":
                messages.Insert(0, Message("system", SystemPrompt));
                return new JsonObject { ["threadId"] = "", ["runId"] = $"run {_texts.Count}", ["messages"] = messages };
            case "messages":
                return new JsonObject { ["max_tokens"] = 100, ["system"] = SystemPrompt, ["messages"] = messages };
            case "responses":
                return new JsonObject { ["instructions"] = SystemPrompt, ["input"] = messages };
            default:
                return new JsonObject { ["prompt"] = SystemPrompt + string.Join('\n', _texts) };
        }
    }

    private JsonArray UiMessages() => [.. _texts.Select((text, i) => new JsonObject
    {
        ["id"] = $"m{i}", ["role"] = i % 2 == 0 ? "user" : "assistant",
        ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
    })];

    private static JsonObject Tool() => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = "f", ["parameters"] = new JsonObject() },
    };

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
