using System.Diagnostics;
using LambdaChat.FunctionalTests.Responses;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

// Replies that end early.
public sealed partial class TableStoreTests
{
    // For replies whose producer may end without a last write.
    private static readonly (string, string) ShortLease = ("REPLY_LEASE_SECONDS", "4");

    [Fact]
    public async Task Cancel_FromAnotherEnvironment_StopsTheCall()
    {
        var gate = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request($$"""{"tokens":500,"gate":"{{gate}}"}""", """{"stream":true}""");
        using var live = await RawStream.StartAsync(table.Client, "POST", "v1/responses", request);
        var id = IdOf((await live.ReadAsync())!);

        var both = await Task.WhenAll(
            StoredFunction.AskAsync(table.Client, "POST", $"v1/responses/{id}/cancel"),
            StoredFunction.AskAsync(table.Client, "POST", $"v1/responses/{id}/cancel"));
        var rest = await live.ReadToEndAsync();

        Assert.All(both, answer => Assert.Equal("cancelled", (string?)answer.Body["status"]));
        Assert.Contains("\"status\":\"cancelled\"", rest[^2], StringComparison.Ordinal);
        Assert.False(await function.Emulator.Calls.Last(call => call.Body.ToJsonString().Contains(gate, StringComparison.Ordinal)).Ended);
    }

    [Fact]
    public Task Background_BeyondTheTimeLimit_FailsWithTheReason() => Attempts.RunAsync(async () =>
    {
        await using var lambda = await table.StartAsync(options => options with { Timeout = TimeSpan.FromSeconds(5) }, ShortLease);
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var request = ResponsesCall.Request("""{"tokens":4,"gate":"never opened"}""", """{"background":true}""");

        var (status, queued) = await StoredFunction.AskAsync(client, "POST", "v1/responses", request);
        using var limit = WaitLimit.Start();
        while (status is 504 or 502) // On a busy machine, the first call of the table exceeds the limit, perhaps unreported.
        {
            limit.Token.ThrowIfCancellationRequested();
            (status, queued) = await StoredFunction.AskAsync(client, "POST", "v1/responses", request);
        }

        Assert.True(status == 200, queued.ToJsonString());
        var failed = await StoredFunction.WaitForEndAsync(table.Client, (string)queued["id"]!);

        if ((string?)failed["error"]?["code"] == "reply_lost")
        {
            throw new TooLateException("Lambda ended the environment before the table had the end of the reply.");
        }

        Assert.Equal(("failed", "deadline_exceeded"), ((string?)failed["status"], (string?)failed["error"]!["code"]));
    });

    [Fact]
    public async Task Producer_ThatIsKilled_IsFailedForItsReaders()
    {
        var gate = Guid.NewGuid().ToString();
        await using var lambda = await table.StartAsync(options => options, ShortLease);
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var request = ResponsesCall.Request($$"""{"tokens":500,"gate":"{{gate}}"}""", """{"stream":true}""");
        using var live = await RawStream.StartAsync(client, "POST", "v1/responses", request);
        function.Emulator.Gates.Open(gate, 3);
        var read = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            read.Add((await live.ReadAsync())!);
        }

        using var producer = Process.GetProcessById(lambda.Environments.All.Single().ProcessId);
        using var reader = await RawStream.StartAsync(client, "GET", $"v1/responses/{IdOf(read[0])}?stream=true");
        for (var i = 0; i < read.Count; i++)
        {
            Assert.Equal(read[i], await reader.ReadAsync()); // The store has what the client has.
        }

        producer.Kill();
        var rest = await reader.ReadToEndAsync();

        Assert.Contains("event: response.failed\n", rest[^2], StringComparison.Ordinal);
        Assert.Contains("\"code\":\"reply_lost\"", rest[^2], StringComparison.Ordinal);
        Assert.Equal("failed", (string?)(await StoredFunction.AskAsync(client, "GET", $"v1/responses/{IdOf(read[0])}")).Body["status"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(12)]
    public Task Cancellations_ThatRaceWithTheEnd_HaveOneResult(int tokens) => Attempts.RunAsync(async () =>
    {
        var request = ResponsesCall.Request($$"""{"tokens":{{tokens}},"pace_ms":5}""", """{"background":true}""");
        var (_, queued) = await StoredFunction.AskAsync(table.Client, "POST", "v1/responses", request);
        var path = $"v1/responses/{queued["id"]}/cancel";
        var start = Stopwatch.GetTimestamp();
        var both = await Task.WhenAll(
            StoredFunction.AskAsync(table.Client, "POST", path), StoredFunction.AskAsync(table.Client, "POST", path));
        var duration = Stopwatch.GetElapsedTime(start);
        var ended = await StoredFunction.WaitForEndAsync(table.Client, (string)queued["id"]!);

        var (status, answers) = ((string?)ended["status"], both.Select(answer => (string?)answer.Body["status"]));
        Assert.True(status is "completed" or "cancelled", ended.ToJsonString());
        if (status == "completed" && answers.Contains("cancelled") && duration > TimeSpan.FromSeconds(2))
        {
            throw new TooLateException("The cancellation did not wait longer for the end of the reply.");
        }

        Assert.All(answers, answer => Assert.Equal(status, answer));
    });
}
