using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Servers;

/// <summary>
/// Tests all features of a model server over both transports, streaming and non-streaming. Each row runs once in a test run.
/// </summary>
internal sealed class ServerRow
{
    private const string Question = "9.11 和 9.8，哪个更大？";
    private const string Tools =
        """[{"name":"get_weather","arguments":"{\"city\":\"北京\"}"},{"name":"get_time","arguments":"{\"zone\":\"UTC\"}"}]""";

    private static readonly ConcurrentDictionary<string, Lazy<Task<ServerRow>>> Rows = new();

    private readonly HttpClient _client;
    private readonly ServerKind _kind;

    private ServerRow(HttpClient client, ServerKind kind)
    {
        _client = client;
        _kind = kind;
    }

    /// <summary>The failure of each feature; null for none.</summary>
    public Dictionary<string, string?> Faults { get; } = [];

    public static Task<ServerRow> GetAsync(HttpClient client, string server) =>
        Rows.GetOrAdd(server, name => new Lazy<Task<ServerRow>>(() => new ServerRow(client, ServerKinds.Find(name)).RunAsync())).Value;

    private async Task<ServerRow> RunAsync()
    {
        foreach (var feature in _kind.Features)
        {
            Faults[feature] = await FindFaultAsync(feature);
        }

        return this;
    }

    private async Task<string?> FindFaultAsync(string feature)
    {
        foreach (var transport in new[] { "", "-openai" })
        {
            foreach (var isStreamed in new[] { true, false })
            {
                var answer = await Answer.ReadAsync(
                    _client, Request(feature, FunctionFixture.Model + _kind.Suffix + transport, isStreamed));
                if (FindFault(feature, answer) is { } fault)
                {
                    return $"{feature} of {_kind.Name} {transport} {(isStreamed ? "streamed" : "non-streaming")}: {fault}\n{answer.Raw}";
                }
            }
        }

        return null;
    }

    private JsonObject Request(string feature, string model, bool isStreamed)
    {
        var request = Reply.Request($$"""{"server":"{{_kind.Name}}","cut_seed":7}""");
        request["model"] = model;
        request["stream"] = isStreamed;
        request["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Question });
        var standIn = request["stand_in"]!;
        switch (feature)
        {
            case "tools":
                standIn["tools"] = JsonNode.Parse(Tools);
                break;
            case "logprobs":
                request["logprobs"] = true;
                break;
            case "n = 2":
                request["n"] = 2;
                break;
            case "usage" when isStreamed:
                request["stream_options"] = new JsonObject { ["include_usage"] = true };
                break;
            case "error":
                standIn["fault"] = JsonNode.Parse(
                    """{"kind":"container_error","after":5,"message":"{\"error\":{\"message\":\"boom\",\"code\":500}}"}""");
                break;
        }

        return request;
    }

    private static string? FindFault(string feature, Answer answer)
    {
        var (reasoning, content) = Script.Answer(Question);
        var (expected, finish) = feature switch
        {
            "error" => (null, "error"),
            "tools" => ("", "tool_calls"),
            _ => (content, "stop"),
        };
        var choice = answer.Choices.GetValueOrDefault(0) ?? new AnswerChoice();
        return choice.Finish != finish ? $"finish_reason {choice.Finish}"
            : expected is not null && choice.Content != expected ? $"content {choice.Content}"
            : answer.ShapeFault ?? feature switch
            {
                "reasoning" => choice.Reasoning == reasoning ? null : $"reasoning {choice.Reasoning}",
                "tools" => JsonNode.DeepEquals(choice.Calls, ExpectedCalls()) ? null : $"tool_calls {choice.Calls.ToJsonString()}",
                "logprobs" => string.Concat(choice.Logprobs).EndsWith(content, StringComparison.Ordinal)
                    ? null
                    : $"logprobs {string.Concat(choice.Logprobs)}",
                "n = 2" =>
                    answer.Choices.Count == 2 && answer.Choices[1] is { } second
                        && (second.Content, second.Reasoning, second.Finish) == (content, reasoning, "stop")
                    ? null
                    : "the second choice differs",
                "usage" => answer.Usage is { } usage && usage.Prompt > 0 && usage.Completion > 10 ? null : "no usage",
                "error" => answer.Error is not null ? null : "no error",
                _ => null,
            };
    }

    private static JsonArray ExpectedCalls() =>
    [
        .. JsonNode.Parse(Tools)!.AsArray().Select((tool, i) => new JsonObject
        {
            ["id"] = $"call_{i}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = tool!["name"]!.DeepClone(), ["arguments"] = tool["arguments"]!.DeepClone() },
        }),
    ];
}
