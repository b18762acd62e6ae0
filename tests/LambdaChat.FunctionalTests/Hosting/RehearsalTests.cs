using LambdaChat.FunctionalTests.Limits;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>The rehearsal of the init phase is not visible: no call, no log line or metric, no use of a limit.</summary>
public sealed class RehearsalTests
{
    [Theory]
    [InlineData("true")]
    [InlineData("repeated")]
    public async Task Rehearsal_BeforeTheFirstRequest_HasNoVisibleEffect(string setting)
    {
        await using var emulator = await SageMakerEmulator.StartAsync(
            new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
        await using var function = await LimitedFunction.StartAsync(
            emulator.Address,
            """{"keys":{"*":{"requestsPerMinute":5}}}""",
            [new("REHEARSAL", setting), new("DOTNET_TC_CallCountThreshold", "64"), new("DOTNET_TC_CallCountingDelayMs", "0")]);
        await function.Lambda.WarmUpAsync(TestContext.Current.CancellationToken);
        await function.Log.WaitForAsync("MODELS and API_KEYS use"); // The output of the process is read in parallel.
        var (linesBefore, callsBefore) = (function.Log.Lines, emulator.Calls.ToArray());

        var answer = await function.AskAsync();
        var line = await function.Log.WaitForAsync("\"outcome\"");

        Assert.Contains("MODELS and API_KEYS use", Assert.Single(linesBefore), StringComparison.Ordinal); // The check of the settings.
        Assert.Empty(callsBefore);
        Assert.Equal((200, "4"), (answer.Status, LimitedFunction.Header(answer.Response, "x-ratelimit-remaining-requests")));
        Assert.Single(emulator.Calls);
        Assert.Equal(line, Assert.Single(function.Log.Lines, text => text.Contains("\"outcome\"", StringComparison.Ordinal)));
        Assert.Contains("\"key\":\"test\"", line, StringComparison.Ordinal);
    }
}
