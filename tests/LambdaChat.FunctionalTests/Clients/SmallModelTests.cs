using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients.Wire;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Claude Code and Codex with a model that refuses some of their requests: they must recover.</summary>
public sealed class SmallModelTests(SmallModelFixture fixture) : IClassFixture<SmallModelFixture>
{
    private const string Question = "9.11 and 9.8, which is greater?";
    private const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    /// <summary>Claude Code requests 32,000 tokens of a model that it does not know, and 128,000 of one that it knows.</summary>
    [Theory, Trait("reported", "M33")]
    [InlineData("small", 32_000, 16_000)]
    [InlineData("claude-sonnet-5-5", 128_000, 16_384)]
    public async Task ClaudeCode_MaxTokensAboveTheContext_AreLoweredUntilTheyFit(string model, int refused, int accepted)
    {
        fixture.Proxy.Take(); // Of a test that has failed.
        using var commandLine = new CommandLine();

        var (code, output, error) = await commandLine.RunAsync(
            $"@anthropic-ai/claude-code-linux-{CommandLine.Processor}/claude", ClaudeVariables(model),
            ["-p", Question, "--tools", "Bash", "--output-format", "stream-json", "--verbose"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("9.8 is greater", (string?)JsonNode.Parse(output.Trim().Split('\n')[^1])!["result"], StringComparison.Ordinal);
        var exchanges = fixture.Proxy.TakeFrom("/v1/messages");
        Assert.Equal([(400, refused), (200, accepted)], exchanges.Select(static exchange =>
            (exchange.Status, (int)JsonNode.Parse(exchange.Request)!["max_tokens"]!)).Distinct());
        Assert.Equal(200, exchanges[^1].Status);
    }

    /// <summary>
    /// An image stays in the history, and each later request has it. Claude Code removes it after the error, unless the function has left
    /// it out.
    /// </summary>
    [Theory, Trait("reported", "M34")]
    [InlineData("small", 400)]
    [InlineData("small-text", 200)]
    public async Task ClaudeCode_Image_DoesNotEndTheSession(string model, int status)
    {
        var image = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = Image };
        fixture.Proxy.Take(); // Of a test that has failed.
        using var commandLine = new CommandLine
        {
            Input = UserLine(new JsonArray(new JsonObject { ["type"] = "image", ["source"] = image })) + UserLine(Question),
        };

        var (code, output, error) = await commandLine.RunAsync(
            $"@anthropic-ai/claude-code-linux-{CommandLine.Processor}/claude",
            new(ClaudeVariables(model)) { ["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] = "1000" },
            ["-p", "--tools", "", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("9.8 is greater", (string?)JsonNode.Parse(output.Trim().Split('\n')[^1])!["result"], StringComparison.Ordinal);
        var exchanges = fixture.Proxy.TakeFrom("/v1/messages");
        Assert.Equal(status, exchanges.First(static exchange => exchange.Request.Contains(Image, StringComparison.Ordinal)).Status);
    }

    /// <summary>Codex removes no images from its history, whatever the error says.</summary>
    [Fact, Trait("reported", "M34")]
    public async Task Codex_Image_DoesNotEndTheSession()
    {
        fixture.Proxy.Take(); // Of a test that has failed.
        using var commandLine = new CommandLine();
        var file = Path.Combine(commandLine.CreateFolder("work"), "image.png");
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(Image), TestContext.Current.CancellationToken);
        var variables = CodexTests.Configure(commandLine, fixture.Proxy.Address, "small-text");
        string[] options = ["--skip-git-repo-check", "--json", "--dangerously-bypass-approvals-and-sandbox"];

        var first = await commandLine.RunAsync(".bin/codex", variables, ["exec", .. options, "--image", file, "--", "What is it?"]);
        var second = await commandLine.RunAsync(".bin/codex", variables, ["exec", "resume", "--last", .. options, Question]);

        Assert.True(first.Code == 0, first.Output + first.Error);
        Assert.True(second.Code == 0, second.Output + second.Error);
        Assert.Contains("9.8 is greater", second.Output, StringComparison.Ordinal);
        Assert.Contains(
            fixture.Proxy.TakeFrom("/v1/responses"), exchange => exchange.Request.Contains("input_image", StringComparison.Ordinal));
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

        var answer = Script.Answer(Question).Content;
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

    private static string UserLine(JsonNode content)
    {
        var message = new JsonObject { ["role"] = "user", ["content"] = content };
        return new JsonObject { ["type"] = "user", ["message"] = message }.ToJsonString() + "\n";
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
