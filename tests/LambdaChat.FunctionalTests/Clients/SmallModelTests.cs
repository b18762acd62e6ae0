using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients.Wire;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Claude Code and Codex with a model that refuses some of their requests: they must recover.</summary>
public sealed class SmallModelTests(SmallModelFixture fixture) : IClassFixture<SmallModelFixture>
{
    /// <summary>Claude Code requests 32,000 tokens of a model that it does not know, and 128,000 of one that it knows.</summary>
    [Theory, Trait("reported", "M33")]
    [InlineData("small", 32_000, 16_000)]
    [InlineData("claude-sonnet-5-5", 128_000, 16_384)]
    public async Task ClaudeCode_MaxTokensAboveTheContext_AreLoweredUntilTheyFit(string model, int refused, int accepted)
    {
        using var commandLine = new CommandLine();

        var (code, output, error) = await commandLine.RunAsync(
            $"@anthropic-ai/claude-code-linux-{CommandLine.Processor}/claude", ClaudeVariables(model),
            ["-p", "9.11 and 9.8, which is greater?", "--tools", "Bash", "--output-format", "stream-json", "--verbose"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("9.8 is greater", (string?)JsonNode.Parse(output.Trim().Split('\n')[^1])!["result"], StringComparison.Ordinal);
        var exchanges = fixture.Proxy.TakeFrom("/v1/messages");
        Assert.Equal([(400, refused), (200, accepted)], exchanges.Select(static exchange =>
            (exchange.Status, (int)JsonNode.Parse(exchange.Request)!["max_tokens"]!)).Distinct());
        Assert.Equal(200, exchanges[^1].Status);
    }

    [Fact]
    public async Task AnthropicClients_FieldsOfNewerServers_DoNotLoseTheConversation()
    {
        var before = fixture.Emulator.Calls.Count;

        var output = await Node.Apis.RunAsync("anthropic.mjs", new()
        {
            ["BASE_URL"] = fixture.Proxy.Address.ToString().TrimEnd('/'),
            ["API_KEY"] = FunctionFixture.Key,
            ["MODEL"] = "claude-sonnet-5-5",
        });

        var answer = Script.Answer("9.11 and 9.8, which is greater?").Content;
        var expected = new JsonObject
        {
            ["thread"] = answer,
            ["refused"] = new JsonObject
            {
                ["name"] = "ThreadUnsupportedRequestError",
                ["status"] = 400,
                ["code"] = "thread_unsupported_request",
            },
            ["withoutThinking"] = answer,
            ["updates"] = answer,
        };
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(output)), output);
        Assert.Equal([1, 3, 1, 1], fixture.Emulator.Calls.Skip(before).Select(static call => call.Body["messages"]!.AsArray().Count));
        Assert.Equal(false, (bool?)fixture.Emulator.Calls.ElementAt(before + 2).Body["chat_template_kwargs"]!["enable_thinking"]);
        Assert.Empty(fixture.Proxy.TakeFrom("/v1/messages").SelectMany(MessagesCheck.FindFaults));
    }

    private Dictionary<string, string> ClaudeVariables(string model) => new()
    {
        ["ANTHROPIC_BASE_URL"] = fixture.Proxy.Address.ToString().TrimEnd('/'),
        ["ANTHROPIC_AUTH_TOKEN"] = FunctionFixture.Key,
        ["ANTHROPIC_MODEL"] = model,
        ["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = model,
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["DISABLE_TELEMETRY"] = "1",
        ["DISABLE_ERROR_REPORTING"] = "1",
    };
}
