using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Servers;

/// <summary>Independent clients return the same reply for every model server.</summary>
public sealed class ClientTests(FunctionFixture function)
{
    private const string Question = "9.11 and 9.8, which is greater?"; // The scripts send this question.
    private const string Tools =
        """[{"name":"get_weather","arguments":"{\"city\":\"Beijing\"}"},{"name":"get_time","arguments":"{\"zone\":\"UTC\"}"}]""";

    [Theory]
    [InlineData("openai", true)]
    [InlineData("openai", false)]
    [InlineData("openai-stream", true)]
    [InlineData("ai-compatible", true)]
    [InlineData("ai-compatible", false)]
    [InlineData("ai-deepseek", true)]
    [InlineData("ai-deepseek", false)]
    [InlineData("ai-openai", true)]
    [InlineData("ai-openai", false)]
    [InlineData("langchain", true)]
    [InlineData("langchain", false)]
    public async Task Client_EveryServer_ReturnsTheSameReply(string client, bool isStreamed)
    {
        var cases = new JsonArray([.. ServerKinds.All.SelectMany(kind => Cases(kind, isStreamed))]);

        var results = await Node.RunAsync(
            "clients.mjs", [], new Uri(function.Lambda.Url, "v1").ToString(), FunctionFixture.Key, client, cases.ToJsonString());

        Assert.Equal(cases.Count, results.AsArray().Count);
        Assert.Equal("", string.Join(Environment.NewLine, results.AsArray().Select(result => FindFault(client, result!)).OfType<string>()));
    }

    private static IEnumerable<JsonNode> Cases(ServerKind kind, bool isStreamed)
    {
        yield return Case(kind, "text", isStreamed, "{}");
        if (kind.Features.Contains("tools"))
        {
            yield return Case(kind, "tools", isStreamed, $$"""{"tools":{{Tools}}}""");
        }

        if (kind.Features.Contains("error"))
        {
            yield return Case(
                kind,
                "error",
                isStreamed,
                """{"fault":{"kind":"container_error","after":4,"message":"{\"error\":{\"message\":\"boom\",\"type\":\"ServerError\",\"code\":500}}"}}""");
        }
    }

    private static JsonObject Case(ServerKind kind, string feature, bool isStreamed, string standIn)
    {
        var options = JsonNode.Parse(standIn)!;
        options["server"] = kind.Name;
        return new JsonObject
        {
            ["name"] = $"{kind.Name}/{feature}",
            ["model"] = FunctionFixture.Model + kind.Suffix,
            ["stream"] = isStreamed,
            ["body"] = feature == "tools"
                ? new JsonObject { ["stand_in"] = options, ["tools"] = DeclaredTools() }
                : new JsonObject { ["stand_in"] = options },
        };
    }

    private static string? FindFault(string client, JsonNode result)
    {
        var (server, feature) = ((string)result["name"]!).Split('/') is [var first, var second]
            ? (first, second)
            : throw new InvalidOperationException("A case without a name.");
        var kind = ServerKinds.Find(server);
        var isRight = feature switch
        {
            "text" => IsAnswer(client, kind, result),
            "tools" =>
                (string?)result["error"] is null && (string?)result["finish"] == "tool_calls"
                    && JsonNode.DeepEquals(result["toolCalls"], ExpectedCalls()),
            _ => IsError(server, result),
        };
        return isRight ? null : result.ToJsonString();
    }

    private static bool IsAnswer(string client, ServerKind kind, JsonNode result)
    {
        var (reasoning, content) = Script.Answer(Question);
        // The chat model of @ai-sdk/openai has no reasoning.
        var hidesReasoning = client == "ai-openai" || !kind.Features.Contains("reasoning");
        return (string?)result["error"] is null
            && (string?)result["text"] == content
            && (hidesReasoning || (string?)result["reasoning"] == reasoning)
            && (string?)result["finish"] == "stop"
            && (!kind.Features.Contains("usage") || (int?)result["usage"]?["completion"] > 10);
    }

    // LMI's token lines have no error message.
    private static bool IsError(string server, JsonNode result) =>
        ((string?)result["error"])?.Contains(
            server is "lmi-text" or "lmi-text-sse" ? "The model server failed without an error message." : "boom",
            StringComparison.Ordinal) == true
        && Script.Answer(Question).Content.StartsWith((string)result["text"]!, StringComparison.Ordinal);

    private static JsonArray DeclaredTools() =>
    [
        .. JsonNode.Parse(Tools)!.AsArray().Select(tool => new JsonObject
        {
            ["type"] = "function",
            ["function"] =
                new JsonObject { ["name"] = tool!["name"]!.DeepClone(), ["parameters"] = new JsonObject { ["type"] = "object" } },
        }),
    ];

    private static JsonArray ExpectedCalls() =>
    [
        .. JsonNode.Parse(Tools)!.AsArray().Select(
            (tool, i) =>
                new JsonObject { ["id"] = $"call_{i}", ["name"] = tool!["name"]!.DeepClone(),
                    ["arguments"] = tool["arguments"]!.DeepClone() }),
    ];
}
