#pragma warning disable OPENAI001 // The whole Responses client is marked as experimental.
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI.Responses;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>NuGet's OpenAI.</summary>
internal sealed class OpenAIResponses(Uri origin) : DotNetClient
{
    private readonly ResponsesClient _client = new(
        new ApiKeyCredential(FunctionFixture.Key),
        new ResponsesClientOptions { Endpoint = new Uri(origin, "v1"), RetryPolicy = new ClientRetryPolicy(0) });

    protected override async Task<JsonArray> SendAsync(
        string model, JsonObject item, JsonArray history, Action<string>? onText, CancellationToken cancellationToken)
    {
        var options = CreateOptions(model, item, history);
        if (onText is null)
        {
            return JsonOf(await _client.CreateResponseAsync(options, cancellationToken));
        }

        options.StreamingEnabled = true;
        ResponseResult? last = null;
        var updates = await _client.CreateResponseStreamingAsync(options, cancellationToken);
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            switch (update)
            {
                case StreamingResponseOutputTextDeltaUpdate delta:
                    onText(delta.Delta);
                    break;
                case StreamingResponseErrorUpdate error:
                    throw new InvalidOperationException(error.Message);
                case StreamingResponseFailedUpdate failed:
                    throw new InvalidOperationException(failed.Response.Error.Message);
                case StreamingResponseCompletedUpdate completed:
                    last = completed.Response;
                    break;
            }
        }

        return JsonOf(last ?? throw new InvalidOperationException("The stream has ended without a response."));
    }

    protected override JsonObject Question(string text, string? image)
    {
        var content = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = text });
        if (image is not null)
        {
            content.Add(new JsonObject { ["type"] = "input_image", ["image_url"] = image, ["detail"] = "auto" });
        }

        return new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = content };
    }

    protected override void Continue(JsonArray history, JsonArray output, IReadOnlyList<(string Id, string Name)> calls)
    {
        foreach (var item in output)
        {
            history.Add(item!.DeepClone());
        }

        foreach (var (id, name) in calls)
        {
            var result = (string?)Functions[name]!["result"];
            history.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = id, ["output"] = result });
        }
    }

    protected override JsonObject ReadTurn(JsonArray output) => new()
    {
        ["text"] = string.Concat(Parts(output, "message", "content").Select(static part => (string?)part["text"])),
        ["reasoning"] = string.Concat(Parts(output, "reasoning", "summary").Select(static part => (string?)part["text"])),
        ["calls"] = new JsonArray([.. OfType(output, "function_call").Select(static item => new JsonObject
        {
            ["id"] = (string?)item["call_id"],
            ["name"] = (string?)item["name"],
            ["input"] = JsonNode.Parse((string)item["arguments"]!),
        })]),
        ["usage"] = UsageOf(output),
    };

    protected override int? StatusOf(Exception exception) => (exception as ClientResultException)?.Status;

    private static CreateResponseOptions CreateOptions(string model, JsonObject item, JsonArray history)
    {
        var options = new CreateResponseOptions { Model = model, StoredOutputEnabled = false };
        options.IncludedProperties.Add(IncludedResponseProperty.ReasoningEncryptedContent);
        foreach (var known in history.Where(static known => (string?)known!["type"] != "usage"))
        {
            options.InputItems.Add(ModelReaderWriter.Read<ResponseItem>(BinaryData.FromString(known!.ToJsonString()))!);
        }

        foreach (var name in item["tools"]?.AsArray() ?? [])
        {
            var parameters = Functions[(string)name!]!["parameters"]!.ToJsonString();
            options.Tools.Add(ResponseTool.CreateFunctionTool((string)name!, BinaryData.FromString(parameters), strictModeEnabled: true));
        }

        if (item["schema"] is { } schema)
        {
            options.TextOptions = new ResponseTextOptions
            {
                TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("place", BinaryData.FromString(schema.ToJsonString())),
            };
        }

        return options;
    }

    // The client's own view of the response, with its usage after the items.
    private static JsonArray JsonOf(ResponseResult response) =>
    [
        .. response.OutputItems.Select(static item => JsonNode.Parse(ModelReaderWriter.Write(item).ToString())),
        new JsonObject { ["type"] = "usage", ["input"] = response.Usage.InputTokenCount, ["output"] = response.Usage.OutputTokenCount },
    ];

    private static JsonNode UsageOf(JsonArray output) => output[^1]!.DeepClone();

    private static IEnumerable<JsonNode> Parts(JsonArray output, string type, string member) =>
        OfType(output, type).SelectMany(item => item[member]!.AsArray())!;
}
