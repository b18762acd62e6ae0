using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Clients.Wire;
using LambdaChat.FunctionalTests.Docs;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Claude Code, headless, with the function as its only server, and with the variables of the clients page.</summary>
public sealed partial class ClaudeCodeTests(ApiClientFixture fixture) : IClassFixture<ApiClientFixture>
{
    [Fact]
    public async Task Print_ToolCall_RunsTheCommandAndShowsTheAnswer()
    {
        using var commandLine = new CommandLine();

        var (code, output, error) = await commandLine.RunAsync(
            $"@anthropic-ai/claude-code-linux-{CommandLine.Processor}/claude",
            Variables("text"),
            [
                "--model", "tool", "-p", "Use Bash.", "--tools", "Bash", "--allowedTools", "Bash", "--output-format", "stream-json", "--verbose",
            ]);

        Assert.True(code == 0, output + error);
        Assert.Contains(CommandLine.Printed, output, StringComparison.Ordinal);
        var last = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        Assert.Equal("success", (string?)last["subtype"]);
        Assert.Contains("scripted model", (string?)last["result"], StringComparison.Ordinal);
        var exchanges = fixture.Proxy.TakeFrom("/v1/messages");
        Assert.True(exchanges.Count >= 2);
        Assert.All(exchanges, static exchange => Assert.Equal(200, exchange.Status)); // Also those of a small model.
        Assert.Empty(exchanges.SelectMany(MessagesCheck.FindFaults));
        Assert.Contains(fixture.Emulator.Calls, HasResult);
    }

    private static bool HasResult(EmulatorCall call) =>
        call.Body["messages"]!.AsArray().Any(static message =>
            (string?)message!["role"] == "tool"
            && message["content"]!.ToJsonString().Contains(CommandLine.Printed, StringComparison.Ordinal));

    // Only the client's own connections to the internet are switched off beside them.
    private Dictionary<string, string> Variables(string smallModel)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Docs, "clients.md"));
        var section = page[page.IndexOf("\n## Claude Code", StringComparison.Ordinal)..];
        var values = new Dictionary<string, string>
        {
            ["https://ID.lambda-url.REGION.on.aws"] = fixture.Proxy.Address.ToString().TrimEnd('/'),
            ["KEY"] = FunctionFixture.Key,
            ["r1"] = smallModel,
        };
        var variables = Export().Matches(section[..section.IndexOf("\nclaude ", StringComparison.Ordinal)])
            .ToDictionary(match => match.Groups[1].Value, match => values[match.Groups[2].Value]);
        return new(variables) { ["DISABLE_AUTOUPDATER"] = "1", ["DISABLE_TELEMETRY"] = "1", ["DISABLE_ERROR_REPORTING"] = "1" };
    }

    [GeneratedRegex(@"^export (\w+)=(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Export();
}
