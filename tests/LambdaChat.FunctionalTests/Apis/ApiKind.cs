using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Faults;
using LambdaChat.FunctionalTests.Frontends;
using LambdaChat.FunctionalTests.Messages;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>An API whose requests become chat completion requests.</summary>
/// <param name="HasWhole">True if it has non-streaming replies.</param>
/// <param name="SendAsync">Sends a request.</param>
/// <param name="StatusOf">The status of an error before the stream.</param>
/// <param name="CodeOf">The code or the type of an error; null if the API has none.</param>
internal sealed record ApiKind(
    string Name, bool HasWhole, Func<ApiRequest, Task<ApiReply>> SendAsync, Func<UpstreamError, int> StatusOf,
    Func<UpstreamError, string?> CodeOf)
{
    private const string MessagesTools =
        """[{"name":"get_weather","input_schema":{"type":"object"}},{"name":"get_time","input_schema":{"type":"object"}}]""";

    private const string ResponsesTools = """[{"type":"function","name":"get_weather"},{"type":"function","name":"get_time"}]""";
    private const string UiMessagesTools = """{"get_weather":{"parameters":{"type":"object"}},"get_time":{}}""";
    private const string AgUiTools = """[{"name":"get_weather","description":"d"},{"name":"get_time","parameters":{}}]""";

    public static IReadOnlyList<ApiKind> All { get; } =
    [
        new("messages", true, SendMessagesAsync, static error => error.Status == 503 ? 529 : error.Status, TypeOf),
        new("responses", true, SendResponsesAsync, static error => error.Status, static error => error.Code),
        new("ui-messages", false, request => SendFrontendAsync(FrontendCall.UiMessages, UiMessagesTools, request),
            static error => error.Status, static _ => null),
        new("ag-ui", false, request => SendFrontendAsync(FrontendCall.AgUi, AgUiTools, request),
            static error => error.Status, static error => error.Code),
    ];

    /// <summary>Streaming, and non-streaming where the API has it.</summary>
    public IEnumerable<bool> Forms => HasWhole ? [true, false] : [true];

    public static ApiKind Find(string name) => All.Single(kind => kind.Name == name);

    private static async Task<ApiReply> SendMessagesAsync(ApiRequest request)
    {
        var body = MessagesCall.Request();
        (body["model"], body["stream"], body["messages"]![0]!["content"]) = (request.Model, request.IsStreamed, request.Text);
        body["tools"] = request.HasTools ? JsonNode.Parse(MessagesTools) : null;
        var call = await MessagesCall.SendAsync(
            request.Client, body, cancellationToken: request.CancellationToken,
            onEvent: name => Report(request, name is "message_start" or "content_block_delta"));
        return new ApiReply(
            call.Status, call.Text, call.Thinking, (string?)call.Error?["message"], (string?)call.Error?["type"],
            call.StopReason switch { "end_turn" => "stop", "tool_use" => "tools", var other => other },
            call.Inputs.Select(input => input.ToJsonString()),
            ((int?)call.Usage?["input_tokens"] ?? 0, (int?)call.Usage?["output_tokens"] ?? 0), call);
    }

    private static async Task<ApiReply> SendResponsesAsync(ApiRequest request)
    {
        var body = ResponsesCall.Request();
        (body["model"], body["stream"], body["input"]) = (request.Model, request.IsStreamed, request.Text);
        body["tools"] = request.HasTools ? JsonNode.Parse(ResponsesTools) : null;
        var call = await ResponsesCall.SendAsync(
            request.Client, body, cancellationToken: request.CancellationToken,
            onEvent: name => Report(request, name is "response.in_progress" or "response.output_text.delta"));
        var items = call.Response?["output"]?.AsArray() ?? [];
        var inputs = items.Where(item => (string?)item!["type"] == "function_call").Select(item => (string)item!["arguments"]!).ToList();
        var usage = call.Response?["usage"];
        var isWhole = (string?)call.Response?["status"] == "completed" && call.IsDone == request.IsStreamed;
        return new ApiReply(
            call.Status, request.IsStreamed ? call.Text : Join(items, "message", "content"), Join(items, "reasoning", "summary"),
            (string?)call.Error?["message"], (string?)call.Error?["code"], !isWhole ? null : inputs.Count > 0 ? "tools" : "stop", inputs,
            ((int?)usage?["input_tokens"] ?? 0, (int?)usage?["output_tokens"] ?? 0), call);
    }

    private static async Task<ApiReply> SendFrontendAsync(string path, string tools, ApiRequest request)
    {
        var body = FrontendCall.Request(path, request.Text, request.Model);
        body["tools"] = request.HasTools ? JsonNode.Parse(tools) : null;
        var call = await FrontendCall.SendAsync(
            request.Client, path, body, cancellationToken: request.CancellationToken,
            onEvent: name => Report(request, name is "start" or "text-delta" or "RUN_STARTED" or "TEXT_MESSAGE_CONTENT"));
        return new ApiReply(
            call.Status, call.Text, call.Thinking, call.Error.Message, call.Error.Code,
            call.Finish is "tool-calls" or "tool_calls" ? "tools" : call.Finish, call.Inputs,
            ((int?)call.Usage?["inputTokens"] ?? 0, (int?)call.Usage?["outputTokens"] ?? 0), call);
    }

    private static void Report(ApiRequest request, bool isText)
    {
        if (isText)
        {
            request.OnText();
        }
    }

    private static string Join(JsonArray items, string type, string member) => string.Concat(items
        .Where(item => (string?)item!["type"] == type)
        .SelectMany(item => item![member]!.AsArray()).Select(part => (string?)part!["text"]));

    private static string TypeOf(UpstreamError error) => error.Status switch
    {
        400 => "invalid_request_error",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        504 => "timeout_error",
        _ => "api_error",
    };
}
