using System.Text.Json.Nodes;
using Amazon.DynamoDBv2;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Tests.ReplyStore;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

/// <summary>A reservation whose update got no response. The table has its mark until other updates overwrite it.</summary>
public sealed class TableReservationTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 20, 58, 30, TimeSpan.Zero));
    private readonly ScriptedTable _table = new();

    public void Dispose() => _table.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData(true, "-13", "0")]
    [InlineData(false, "7", "1")] // The update never reached the table.
    public async Task Mark_OverwrittenDuringTheReply_IsKnown(bool hasReachedTheTable, string tokens, string requests)
    {
        var (read, isOverwritten) = (new TaskCompletionSource(), false);
        _table.Respond = operation =>
        {
            if (operation == "UpdateItem")
            {
                return read.Task.IsCompleted ? null : """{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException"}""";
            }

            var has = hasReachedTheTable && !isOverwritten;
            read.TrySetResult();
            var mark = $"\"{Mark("Names", "#mark")}\":{Mark("Values", ":mark").ToJsonString()}";
            return has ? $$"""{"Item":{"pk":{"S":"p"},{{mark}} } }""" : """{"Item":{} }""";
        };
        var reservation = Create();

        await Assert.ThrowsAnyAsync<AmazonDynamoDBException>(() => reservation.TakeAsync(TestContext.Current.CancellationToken));
        await read.Task.WaitAsync(TestContext.Current.CancellationToken);
        isOverwritten = true;
        await reservation.SettleAsync(new Usage(1, 7, 0), TestContext.Current.CancellationToken);

        var values = JsonNode.Parse(_table.Bodies[^1])!["ExpressionAttributeValues"]!;
        Assert.Equal((tokens, requests), ((string?)values[":tokens"]!["N"], (string?)values[":requests"]!["N"]));
    }

    /// <summary>The settlement has its own limit, and a place that is not released is taken for the time of a lease.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Confirmation_WithoutAResponse_LeavesTimeForTheSettlement()
    {
        var (reads, isFailing) = (0, true);
        var (held, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        _table.Hold = operation =>
        {
            if (operation == "GetItem" && ++reads == 1)
            {
                held.SetResult();
                return new TaskCompletionSource().Task;
            }

            return Task.CompletedTask;
        };
        _table.Respond = operation =>
        {
            if (operation == "UpdateItem" && !isFailing && _table.Bodies[^1].Contains("DELETE #leases", StringComparison.Ordinal))
            {
                released.TrySetResult();
            }

            return operation == "GetItem" ? """{"Item":{} }"""
                : isFailing ? """{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException"}"""
                : """{"Attributes":{} }""";
        };
        var reservation = Create(streams: 5);
        await Assert.ThrowsAnyAsync<AmazonDynamoDBException>(() => reservation.TakeAsync(TestContext.Current.CancellationToken));
        await held.Task.WaitAsync(TestContext.Current.CancellationToken);
        isFailing = false;

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        var settling = reservation.SettleAsync(new Usage(1, 7, 0), limit.Token);
        await released.Task.WaitAsync(TestContext.Current.CancellationToken); // Beside the confirmation.
        _time.Advance(TimeSpan.FromSeconds(1));
        await settling.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("7", (string?)JsonNode.Parse(_table.Bodies[^1])!["ExpressionAttributeValues"]![":tokens"]!["N"]);
    }

    // The clock of this process is four minutes ahead.
    [Theory(Timeout = 60_000)]
    [InlineData(50, false)]
    [InlineData(-1, true)]
    public async Task Lease_OfAnotherProcess_ExpiresByTheTimeOfTheTable(int secondsLeft, bool isRemoved)
    {
        var now = _time.GetUtcNow().AddMinutes(-4);
        var until = now.AddSeconds(secondsLeft).ToUnixTimeMilliseconds();
        _table.Time = () => now;
        _table.Respond = operation => operation == "UpdateItem"
            ? """{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}"""
            : $$"""{"Item":{"leases":{"SS":["x"]},"x":{"N":"{{until}}"} } }""";

        var exceeded = await Create(new LimitSet { Streams = 1 }).TakeAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(exceeded);
        Assert.Equal(isRemoved, _table.Bodies.Exists(body => body.Contains("DELETE #leases", StringComparison.Ordinal)));
    }

    // Of the first update.
    private JsonNode Mark(string kind, string name) => JsonNode.Parse(_table.Bodies[0])![$"ExpressionAttribute{kind}"]![name]!;

    private TableReservation Create(int? streams = null) => Create(new LimitSet { TokensPerDay = 100, Streams = streams });

    private TableReservation Create(LimitSet limits)
    {
        var reservation = Reservation.Of(
            LimitPartition.OfKey("a"), limits, ofModel: null, new Model("r1", [], ""), new TokenEstimate(10, 10), _time.GetUtcNow());
        return new TableReservation(_table.CreateTable(), reservation, TimeSpan.FromMinutes(1), _time);
    }
}
