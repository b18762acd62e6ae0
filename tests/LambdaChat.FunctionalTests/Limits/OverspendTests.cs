using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>
/// 64 concurrent callers on several processes that share a table. Together they use the limit and at most the tokens of the replies in
/// progress, and the table has every token.
/// </summary>
public sealed class OverspendTests(FunctionFixture function)
{
    private const string Listening = "Now listening on: ";
    private const int Processes = 4;
    private const int Callers = 64;
    private const int Limit = 2000;
    private const int Tokens = 50;
    private const int MaxTokens = 100; // A reply uses 59 tokens with its prompt.
    private const int Attempts = 3;

    [Fact]
    public async Task ConcurrentCallers_UseAtMostTheLimitAndTheRepliesInProgress()
    {
        long? settled = 0;
        for (var attempt = 0; attempt < Attempts && settled is not null; attempt++)
        {
            settled = await UseAtMostTheLimitAsync();
        }

        Assert.NotEqual(0, settled);
    }

    // On a very busy machine a settlement may not reach the table in time. Its reservation then remains, and the result is the number of
    // tokens of the others. Null if the table has the tokens of all replies.
    private async Task<long?> UseAtMostTheLimitAsync()
    {
        await using var table = await DynamoTable.StartAsync();
        var variables = LimitedFunction.Variables(function.Emulator.Address, $$"""{"keys":{"*":{"tokensPerDay":{{Limit}} } } }""",
            [.. table.Variables]);
        List<Log> logs = [.. Enumerable.Range(0, Processes).Select(_ => new Log())];
        List<ChildProcess> processes = [.. logs.Select(log => Start(variables, log))];
        try
        {
            var clients = await Task.WhenAll(logs.Select(CreateClientAsync));
            await Task.WhenAll(clients.Select(WarmUpAsync));
            var lost = Lost(logs);

            var statuses = new List<int>();
            do
            {
                statuses.AddRange(await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => AskAsync(clients[i % Processes]))));
            }
            // A rejection is repeated for a second.
            while (statuses.TakeLast(Callers).Contains(200) || (await table.SpentAsync("SPENT#key#test", "DAY#")).Tokens < Limit);

            Assert.All(statuses, status => Assert.True(status is 200 or 429, $"{status}"));
            var replies = statuses.Count(status => status == 200);
            var (_, spent,
                _) = await TableExtensions.UntilAsync(() => table.SpentAsync("SPENT#key#test", "DAY#"),
                    spent => (spent.Requests == replies && spent.Tokens == replies * 59) || Lost(logs) > lost);
            var late = logs.Sum(log => log.Lines.Count(line => line.Contains("\"limits\":\"late-open\"", StringComparison.Ordinal)));
            Assert.InRange(spent, Limit, Limit + ((Callers + late) * MaxTokens));
            if (Lost(logs) > lost)
            {
                var item = await table.FindAsync("SPENT#key#test", "DAY#");
                return spent - long.Parse((string)item!["reservedTokens"]!["N"]!, null);
            }

            AssertReservationsHold(spent, late);
            return null;
        }
        finally
        {
            processes.ForEach(process => process.Kill());
            await Task.WhenAll(processes.Select(process => process.Exited)).InTimeAsync();
        }
    }

    // Settlements that did not reach the table in time.
    private static int Lost(List<Log> logs) =>
        logs.Sum(log => log.Lines.Count(line => line.Contains("The limits table", StringComparison.Ordinal)));

    // Apart from replies that did not wait for the table any longer, at most one caller exceeds the limit.
    private static void AssertReservationsHold(long spent, int late) =>
        Assert.True(spent < Limit + (59 * (late + 1)), $"{spent} spent, {late} late.");

    private static ChildProcess Start(Dictionary<string, string> variables, Log log)
    {
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return ChildProcess.Start(start, log.Write);
    }

    private static async Task<HttpClient> CreateClientAsync(Log log)
    {
        var line = await log.WaitForAsync(Listening);
        return FunctionFixture.CreateClient(
            new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split('"')[0]));
    }

    // Loads the SDK of the table, for a key with other limits.
    private static async Task WarmUpAsync(HttpClient client)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(Reply.Request("""{"tokens":1}""", """{"stream":false}""")),
        };
        message.Headers.Authorization = new("Bearer", "sk-warm");
        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
    }

    private static async Task<int> AskAsync(HttpClient client)
    {
        var request = Reply.Request($$"""{"tokens":{{Tokens}} }""", $$"""{"stream":false,"max_tokens":{{MaxTokens}} }""");
        using var response = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(response.IsSuccessStatusCode ? 59 : null, (int?)body["usage"]?["total_tokens"]);
        return (int)response.StatusCode;
    }
}
