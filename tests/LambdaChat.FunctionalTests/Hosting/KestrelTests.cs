using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>The function on Kestrel, outside Lambda.</summary>
public sealed class KestrelTests(FunctionFixture function)
{
    [Fact]
    public async Task Client_Disconnects_CancelsTheUpstreamCall()
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":2}""")))[^1]);
        var marker = Guid.NewGuid().ToString();
        var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":100,"gate":"never"}""", $$"""{"marker":"{{marker}}"}"""));
        await reply.ReadEventAsync();
        var id = reply.Response.Headers.GetValues("x-request-id").Single();

        await reply.DisposeAsync();

        Assert.False(await function.Emulator.Calls.Single(call => (string?)call.Body["marker"] == marker).Ended);
        await function.Kestrel.Log.WaitForAsync("was cancelled by the client: 1 events", id);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_WithoutSettings_PrintsTheCommands(string argument)
    {
        var log = new Log();
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add(argument);

        using var process = ChildProcess.Start(start, log.Write);

        Assert.Equal(0, await process.Exited.InTimeAsync());
        await log.WaitForAsync("keys --help lists the commands");
        await log.WaitForAsync("src/docs/configuration.md lists all settings.");
    }
}
