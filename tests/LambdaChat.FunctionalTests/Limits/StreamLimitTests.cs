using System.Diagnostics;
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
        await using var first = await StartAsync(leaseSeconds: 3, isOpen: true);
        await using var second = await StartAsync(leaseSeconds: 3, isOpen: false);
        await using var reply = await Reply.StartAsync(first.Client, Reply.Request("""{"tokens":3,"gate":"stream-renews"}"""));
        await reply.ReadEventAsync();
        var began = await LeaseAsync(until => until > 0);

        await LeaseAsync(until => until > began + 3000); // Renewed after the first lease would have expired.

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

        using (var process = Process.GetProcessById(first.Lambda.Environments.All.Single().ProcessId))
        {
            process.Kill();
        }

        Assert.Equal(429, (await second.AskInTimeAsync()).Status);
        Assert.Equal(200, await TableExtensions.UntilAsync(async () => (await second.AskInTimeAsync()).Status, status => status != 429));
        await LeaseAsync(until => until == 0);
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

    private Task<LimitedFunction> StartAsync(int leaseSeconds, bool isOpen) =>
        LimitedFunction.StartAsync(function.Emulator.Address, Limits,
            [.. _table!.Variables, new("LEASE_SECONDS", $"{leaseSeconds}"), new("STORE_FAILURE", isOpen ? "open" : "closed")]);
}
