using LambdaChat.FunctionalTests.Support;

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

        await reply.DisposeAsync();

        Assert.False(await function.Emulator.Calls.Single(call => (string?)call.Body["marker"] == marker).Ended);
        await function.Kestrel.Log.WaitForAsync("was cancelled by the client: 1 events");
    }
}
