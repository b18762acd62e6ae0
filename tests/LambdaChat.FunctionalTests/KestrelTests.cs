using LambdaChat.Local;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests;

/// <summary>The same program outside Lambda, where a client that goes away is noticed.</summary>
public sealed class KestrelTests(FunctionFixture function)
{
    private const string Listening = "Now listening on: ";

    [Fact]
    public async Task Client_GoesAway_CancelsTheUpstreamCall()
    {
        var log = new Log();
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var (name, value) in FunctionFixture.Variables(function.StandIn.Address))
        {
            start.Environment[name] = value;
        }

        using var process = ChildProcess.Start(start, log.Write);
        try
        {
            var line = await log.WaitForAsync(Listening);
            using var client = FunctionFixture.CreateClient(new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split('"')[0]));
            Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":2}""")))[^1]);
            var marker = Guid.NewGuid().ToString();
            var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":100,"gate":"never"}""", $$"""{"marker":"{{marker}}"}"""));
            await reply.ReadEventAsync();

            await reply.DisposeAsync();

            Assert.False(await function.StandIn.Calls.Single(call => (string?)call.Body["marker"] == marker).Ended);
            await log.WaitForAsync("was cancelled by the client: 1 events");
        }
        finally
        {
            process.Kill();
            await process.Exited;
        }
    }
}
