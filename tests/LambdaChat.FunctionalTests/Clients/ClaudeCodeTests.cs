using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients.Wire;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Claude Code, headless, with the function as its only server.</summary>
public sealed class ClaudeCodeTests(ApiClientFixture fixture) : IClassFixture<ApiClientFixture>
{
    [Fact]
    public async Task Print_ToolCall_RunsTheCommandAndShowsTheAnswer()
    {
        using var commandLine = new CommandLine();

        var (code, output, error) = await commandLine.RunAsync(
            $"@anthropic-ai/claude-code-linux-{CommandLine.Processor}/claude",
            Variables(),
            ["-p", "Use Bash.", "--tools", "Bash", "--allowedTools", "Bash", "--output-format", "stream-json", "--verbose"]);

        Assert.True(code == 0, output + error);
        Assert.Contains(CommandLine.Printed, output, StringComparison.Ordinal);
        var last = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal("success", (string?)last["subtype"]);
        Assert.Contains("scripted model", (string?)last["result"], StringComparison.Ordinal);
        var exchanges = fixture.Proxy.TakeFrom("/v1/messages");
        Assert.True(exchanges.Count >= 2);
        Assert.Empty(exchanges.SelectMany(MessagesCheck.FindFaults));
        Assert.Contains(fixture.Emulator.Calls, HasResult);
    }

    private static bool HasResult(EmulatorCall call) =>
        call.Body["messages"]!.AsArray().Any(static message =>
            (string?)message!["role"] == "tool"
            && message["content"]!.ToJsonString().Contains(CommandLine.Printed, StringComparison.Ordinal));

    private Dictionary<string, string> Variables() => new()
    {
        ["ANTHROPIC_BASE_URL"] = fixture.Proxy.Address.ToString().TrimEnd('/'),
        ["ANTHROPIC_AUTH_TOKEN"] = FunctionFixture.Key,
        ["ANTHROPIC_MODEL"] = "tool",
        ["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = "text",
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["DISABLE_TELEMETRY"] = "1",
        ["DISABLE_ERROR_REPORTING"] = "1",
    };
}
