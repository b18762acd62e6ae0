using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Helpers;
using Anthropic.Models.Messages;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>NuGet's Anthropic.</summary>
internal sealed class AnthropicMessages(Uri origin) : DotNetClient, IDisposable
{
    private readonly AnthropicClient _client = new()
    {
        BaseUrl = origin.ToString().TrimEnd('/'),
        ApiKey = FunctionFixture.Key,
        MaxRetries = 0,
    };

    public void Dispose() => _client.Dispose();

    protected override async Task<JsonArray> SendAsync(
        string model, JsonObject item, JsonArray history, Action<string>? onText, CancellationToken cancellationToken)
    {
        var request = CreateRequest(model, item, history);
        if (onText is null)
        {
            return JsonOf(await _client.Messages.Create(request, cancellationToken));
        }

        var stream = ShowAsync(_client.Messages.CreateStreaming(request, cancellationToken), onText);
        var message = await stream.CollectAsync(new MessageContentAggregator()).Aggregate();
        cancellationToken.ThrowIfCancellationRequested();
        return JsonOf(message);
    }

    protected override JsonObject Question(string text, string? image)
    {
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text });
        if (image is not null)
        {
            var source = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = image.Split(',')[1] };
            content.Add(new JsonObject { ["type"] = "image", ["source"] = source });
        }

        return new JsonObject { ["role"] = "user", ["content"] = content };
    }

    protected override void Continue(JsonArray history, JsonArray output, IReadOnlyList<(string Id, string Name)> calls)
    {
        var blocks = output.Where(static block => (string?)block!["type"] != "usage");
        var content = new JsonArray([.. blocks.Select(static block => block!.DeepClone())]);
        history.Add(new JsonObject { ["role"] = "assistant", ["content"] = content });
        if (calls.Count > 0)
        {
            history.Add(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray([.. calls.Select(static call => new JsonObject
                {
                    ["type"] = "tool_result",
                    ["tool_use_id"] = call.Id,
                    ["content"] = (string?)Functions[call.Name]!["result"],
                })]),
            });
        }
    }

    protected override JsonObject ReadTurn(JsonArray output) => new()
    {
        ["text"] = TextOf(output, "text", "text"),
        ["reasoning"] = TextOf(output, "thinking", "thinking"),
        ["calls"] = new JsonArray([.. OfType(output, "tool_use").Select(static block => new JsonObject
        {
            ["id"] = (string?)block["id"],
            ["name"] = (string?)block["name"],
            ["input"] = block["input"]!.DeepClone(),
        })]),
        ["usage"] = output[^1]!.DeepClone(),
    };

    protected override int? StatusOf(Exception exception) => (int?)(exception as AnthropicApiException)?.StatusCode;

    private static async IAsyncEnumerable<RawMessageStreamEvent> ShowAsync(
        IAsyncEnumerable<RawMessageStreamEvent> events, Action<string> onText)
    {
        await foreach (var update in events)
        {
            if (update.TryPickContentBlockDelta(out var block) && block.Delta.TryPickText(out var delta))
            {
                onText(delta.Text);
            }

            yield return update;
        }
    }

    private static MessageCreateParams CreateRequest(string model, JsonObject item, JsonArray history)
    {
        var request = new MessageCreateParams
        {
            Model = model,
            MaxTokens = 4096,
            Messages = [.. history.Select(static message => message.Deserialize<MessageParam>()!)],
            Thinking = new ThinkingConfigEnabled(1024),
        };
        if (item["tools"] is JsonArray tools)
        {
            request = request with { Tools = [.. tools.Select(static name => ToolOf((string)name!).Deserialize<ToolUnion>()!)] };
        }

        if (item["schema"] is { } schema)
        {
            var format = new JsonObject { ["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = schema.DeepClone() } };
            request = request with { OutputConfig = format.Deserialize<OutputConfig>()! };
        }

        return request;
    }

    private static JsonObject ToolOf(string name) => new()
    {
        ["name"] = name,
        ["description"] = (string?)Functions[name]!["description"],
        ["input_schema"] = Functions[name]!["parameters"]!.DeepClone(),
    };

    // The client's own view of the message, with its usage after the blocks.
    private static JsonArray JsonOf(Message message) =>
    [
        .. message.Content.Select(static block => JsonSerializer.SerializeToNode(block)),
        new JsonObject { ["type"] = "usage", ["input"] = (int)message.Usage.InputTokens, ["output"] = (int)message.Usage.OutputTokens },
    ];
}
