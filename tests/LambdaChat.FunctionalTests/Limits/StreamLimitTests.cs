using System.Diagnostics;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>The limit of concurrent replies on several environments: leases are renewed and released, and they expire.</summary>
public sealed class StreamLimitTests(FunctionFixture function) : IAsyncLifetime
{
    private const string Key = "SPENT#key#test";
    private const string Limits = """{"keys":{"test":{"streams":1} } }""";

    private DynamoTable? _table;

    [Fact]
    public async Task Stream_InProgress_RejectsAnotherUntilItEnds()
    {
        await using var first = await StartAsync(leaseSeconds: 60, isOpen: true);
        await using var second = await StartAsync(leaseSeconds: 60, isOpen: false);
        await using var reply = await Reply.StartAsync(first.Client, Reply.Request("""{"tokens":3,"gate":"stream-ends"}"""));
        await reply.ReadEventAsync();
        await LeaseAsync(until => until > 0);

        var (status, response, body) = await second.AskInTimeAsync();

        Assert.Equal((429, "2"), (status, LimitedFunction.Header(response, "Retry-After")));
        Assert.Equal(
            """{"error":{"message":"Rate limit exceeded: 1 concurrent reply for this key. Try again when a reply has ended.","type":"requests","param":null,"code":"rate_limit_exceeded"}}""",
            body.ToJsonString());
        function.Emulator.Gates.Open("stream-ends", 100);
        await reply.ReadToEndAsync();
        await LeaseAsync(until => until == 0);
        Assert.Equal(200, (await second.AskInTimeAsync()).Status);
    }

    [Fact]
    public async Task Stream_LongerThanItsLease_RenewsIt()
    {
        await using var first = await StartAsync(leaseSeconds: 10, isOpen: true);
        await using var second = await StartAsync(leaseSeconds: 10, isOpen: false);
        await using var reply = await Reply.StartAsync(first.Client, Reply.Request("""{"tokens":3,"gate":"stream-renews"}"""));
        await reply.ReadEventAsync();
        var began = await LeaseAsync(until => until > 0);

        Assert.Equal(429, (await second.AskInTimeAsync()).Status);
        await LeaseAsync(until => until > began + 10_000); // Renewed after the first lease would have expired.

        Assert.Equal(429, (await second.AskInTimeAsync()).Status);
        function.Emulator.Gates.Open("stream-renews", 100);
        await reply.ReadToEndAsync();
    }

    [Fact]
    public async Task Environment_Killed_LeaseExpires()
    {
        await using var first = await StartAsync(leaseSeconds: 10, isOpen: true);
        await using var second = await StartAsync(leaseSeconds: 10, isOpen: false);
        await using var reply = await Reply.StartAsync(first.Client, Reply.Request("""{"tokens":3,"gate":"stream-killed"}"""));
        await reply.ReadEventAsync();
        await LeaseAsync(until => until > 0);

        Assert.Equal(429, (await second.AskInTimeAsync()).Status);
        using (var process = Process.GetProcessById(first.Lambda.Environments.All.Single().ProcessId))
        {
            process.Kill();
            await process.ExitInTimeAsync();
        }

        var end = await LeaseAsync(until => until > 0);
        var (status, _, _) = await second.AskInTimeAsync();

        Assert.True(status == 429 || DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > end, $"{status}"); // Also on a busy machine.
        Assert.Equal(200, await TableExtensions.UntilAsync(async () => (await second.AskInTimeAsync()).Status, status => status != 429));
        await LeaseAsync(until => until == 0);
    }

    /// <summary>The leases of the highest limit fit into one item of the table, with one more attribute for each.</summary>
    [Fact]
    public async Task Streams_AtTheHighestLimit_FitIntoTheItem()
    {
        var until = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        var leases = Enumerable.Range(1, 9_999).Select(number => $"lease-{number:D5}").ToArray(); // As long as the function's.
        await _table!.PutAsync(new JsonObject(
            [
                new("pk", Value("S", Key)), new("sk", Value("S", "STREAMS")), new("expires", Value("N", $"{until / 1000}")),
                new("leases", new JsonObject { ["SS"] = new JsonArray([.. leases.Select(lease => (JsonNode)lease)]) }),
                .. leases.Select(lease => new KeyValuePair<string, JsonNode?>(lease, Value("N", $"{until}"))),
            ]));
        await using var limited = await LimitedFunction.StartAsync(function.Emulator.Address, """{"keys":{"test":{"streams":10000} } }""",
            [.. _table.Variables, new("LIMITS_FAILURE", "closed")]);
        Assert.Equal(200, (await limited.AskInTimeAsync()).Status); // A new process may be too slow for the table.
        await using var reply = await Reply.StartAsync(limited.Client, Reply.Request("""{"tokens":3,"gate":"stream-highest"}"""));
        await reply.ReadEventAsync();

        var added = await TableExtensions.UntilAsync(
            () => _table.FindAsync(Key, "STREAMS"), item => item!["leases"]!["SS"]!.AsArray().Count == 10_000);

        Assert.All(added!["leases"]!["SS"]!.AsArray(), lease => Assert.Equal(11, ((string)lease!).Length));
        Assert.Equal(429, (await limited.AskInTimeAsync()).Status);
        function.Emulator.Gates.Open("stream-highest", 100);
        Assert.Equal("[DONE]", (await reply.ReadToEndAsync())[^1]);

        static JsonNode Value(string type, string value) => new JsonObject { [type] = value };
    }

    public async ValueTask InitializeAsync() => _table = await DynamoTable.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_table is not null)
        {
            await _table.DisposeAsync();
        }
    }

    // The expiry of the only lease in Unix milliseconds; 0 if there is no lease.
    private Task<long> LeaseAsync(Func<long, bool> isExpected) => TableExtensions.UntilAsync(
        async () =>
        {
            var item = await _table!.FindAsync(Key, "STREAMS");
            var leases = item?["leases"]?["SS"]?.AsArray();
            return leases is null ? 0 : long.Parse((string)item![(string)leases.Single()!]!["N"]!, null);
        },
        isExpected);

    // Both environments are warm before the time of a lease counts.
    private async Task<LimitedFunction> StartAsync(int leaseSeconds, bool isOpen)
    {
        var limited = await LimitedFunction.StartAsync(function.Emulator.Address, Limits,
            [.. _table!.Variables, new("LEASE_SECONDS", $"{leaseSeconds}"), new("LIMITS_FAILURE", isOpen ? "open" : "closed")]);
        await limited.WarmUpAsync();
        return limited;
    }
}
