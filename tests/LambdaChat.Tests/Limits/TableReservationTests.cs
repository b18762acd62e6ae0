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

    // Of the first update.
    private JsonNode Mark(string kind, string name) => JsonNode.Parse(_table.Bodies[0])![$"ExpressionAttribute{kind}"]![name]!;

    private TableReservation Create()
    {
        var limits = new LimitSet { TokensPerDay = 100 };
        var reservation = Reservation.Of(
            LimitPartition.OfKey("a"), limits, ofModel: null, new Model("r1", [], ""), new TokenEstimate(10, 10), _time.GetUtcNow());
        return new TableReservation(_table.CreateTable(), reservation, TimeSpan.FromMinutes(1), _time);
    }
}
