using LambdaChat.FunctionalTests.Clients.Wire;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>Codex, headless, with the function as its only provider.</summary>
public sealed class CodexTests(ApiClientFixture fixture) : IClassFixture<ApiClientFixture>
{
    [Fact]
    public async Task Exec_TwoTurns_RunTheCommandAndShowTheAnswer()
    {
        using var commandLine = new CommandLine();
        var variables = Configure(commandLine, fixture.Proxy.Address, "tool");
        string[] options = ["--skip-git-repo-check", "--json", "--dangerously-bypass-approvals-and-sandbox"];

        var first = await commandLine.RunAsync(".bin/codex", variables, ["exec", .. options, "Use exec_command."]);
        var second = await commandLine.RunAsync(
            ".bin/codex", variables, ["exec", "resume", "--last", .. options, "9.11 and 9.8, which is greater?"]);

        Assert.True(first.Code == 0, first.Output + first.Error);
        Assert.True(second.Code == 0, second.Output + second.Error);
        Assert.True(first.Output.Contains(CommandLine.Printed, StringComparison.Ordinal), first.Output + first.Error);
        Assert.Contains("scripted model", first.Output, StringComparison.Ordinal);
        Assert.Contains("9.8 is greater", second.Output, StringComparison.Ordinal);
        var exchanges = fixture.Proxy.TakeFrom("/v1/responses");
        Assert.True(exchanges.Count >= 3);
        Assert.Empty(exchanges.SelectMany(ResponsesCheck.FindFaults));
    }

    internal static Dictionary<string, string> Configure(CommandLine commandLine, Uri address, string model)
    {
        var folder = commandLine.CreateFolder(".codex");
        File.WriteAllText(
            Path.Combine(folder, "config.toml"),
            $"""
             model = "{model}"
             model_provider = "lambdachat"
             check_for_update_on_startup = false
             [model_providers.lambdachat]
             name = "LambdaChat"
             base_url = "{new Uri(address, "v1")}"
             env_key = "OPENAI_API_KEY"
             wire_api = "responses"
             [analytics]
             enabled = false
             [otel]
             exporter = "none"
             """);
        return new() { ["CODEX_HOME"] = folder, ["OPENAI_API_KEY"] = FunctionFixture.Key };
    }
}
