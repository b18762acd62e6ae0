using System.Text.Json.Nodes;
using LambdaChat.ReplyStore;

namespace LambdaChat.Tests.ReplyStore;

// The deletion of replies, and what the producer of a deleted reply does.
public sealed partial class TableReplyStoreTests
{
    [Fact]
    public async Task Deletion_WithoutAHead_DeletesTheItemsThatAreLeft()
    {
        _table.Respond = operation => operation switch
        {
            "GetItem" => "{}",
            "UpdateItem" => ConditionFailed,
            "Query" => Items,
            _ => null,
        };

        Assert.False(await _store.DeleteAsync(Key, CancellationToken.None));

        Assert.Equal("part1", (string?)Body()["RequestItems"]!["t"]![0]!["DeleteRequest"]!["Key"]!["sk"]!["S"]);
    }

    /// <summary>The producer repeats a creation whose response was lost. It must not create a reply that was deleted meanwhile.</summary>
    [Fact]
    public async Task Deletion_LeavesAHeadThatPreventsAnotherCreation()
    {
        _table.Respond = operation => operation == "Query" ? """{"Items":[]}""" : null;
        Assert.True(await _store.DeleteAsync(Key, CancellationToken.None));
        var update = DeletionUpdate();
        var values = update["ExpressionAttributeValues"]!;
        Assert.Equal("#expires > :now", (string?)update["ConditionExpression"]);
        Assert.Equal(Seconds(TimeSpan.Zero), (string?)values[":now"]!["N"]);
        Assert.Contains("#expires = :expired", (string?)update["UpdateExpression"], StringComparison.Ordinal);
        Assert.Equal(Seconds(TimeSpan.FromHours(-1)), (string?)values[":expired"]!["N"]); // For processes whose clocks are behind.
        Assert.Equal("deleted", (string?)values[":generation"]!["S"]);
        Assert.Equal("1~", (string?)Body()["ExpressionAttributeValues"]![":last"]!["S"]); // The other items are deleted, and not the head.

        _table.HasHead = true;
        var expires = values[":expired"]!.ToJsonString();
        var item = $$"""{"generation":{"S":"deleted"},"status":{"S":"Cancelled"},"lease":{"N":"1"},"expires":{{expires}} }""";
        _table.Respond = operation => operation == "GetItem" ? $$"""{"Item":{{item}} }""" : null;
        var head = new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow().AddMinutes(25));
        var calls = _table.Calls;
        await _store.CreateAsync(Key, head, new byte[400 * 1024], CancellationToken.None);

        Assert.Equal(calls + 2, _table.Calls); // The head and its request are not written.
        Assert.Null(await _store.ReadHeadAsync(Key, CancellationToken.None)); // So its producer stops.
    }

    [Fact]
    public async Task Deletion_OfAnEndedReply_LeavesNoItem()
    {
        _table.Respond = operation => operation switch
        {
            "UpdateItem" => """
                {"Attributes":{"generation":{"S":"deleted"},"status":{"S":"Cancelled"},"lease":{"N":"1"},"expires":{"N":"1"},
                 "parts":{"N":"2"},"ended":{"N":"1"} } }
                """,
            "Query" => """{"Items":[]}""",
            _ => null,
        };

        Assert.True(await _store.DeleteAsync(Key, CancellationToken.None));

        Assert.Equal("2", (string?)Body()["ExpressionAttributeValues"]![":last"]!["S"]);
    }

    [Fact]
    public async Task End_OfADeletedReply_DeletesItsHead()
    {
        _table.Respond = operation => operation switch
        {
            "UpdateItem" => ConditionFailed,
            "GetItem" => """{"Item":{"generation":{"S":"deleted"},"status":{"S":"Cancelled"},"lease":{"N":"1"},"expires":{"N":"1"} } }""",
            "Query" => """{"Items":[]}""",
            _ => null,
        };

        await _store.EndAsync(
            Key, "g", new ReplyEnding(ReplyStatus.Completed, 1, _time.GetUtcNow(), []), _time.GetUtcNow(), CancellationToken.None);

        Assert.Equal("2", (string?)Body()["ExpressionAttributeValues"]![":last"]!["S"]);
    }

    // The response to the first attempt was lost, or its deletion of the other items failed, so that the client tries again.
    [Theory]
    [InlineData("deleted", false)]
    [InlineData("deleted", true)]
    [InlineData("g", false)] // It has expired.
    public async Task Deletion_AfterAnAttemptThatFailed_IsADeletion(string generation, bool hasEnded)
    {
        var ending = hasEnded ? ""","parts":{"N":"2"},"ended":{"N":"1"}""" : "";
        _table.Respond = operation => operation switch
        {
            "UpdateItem" => ConditionFailed,
            "Query" => """{"Items":[]}""",
            "GetItem" when _table.Calls == 1 => "{}", // For the clock.
            "GetItem" => $$"""
                {"Item":{"generation":{"S":"{{generation}}"},"status":{"S":"Cancelled"},"lease":{"N":"1"},
                 "expires":{"N":"1"}{{ending}} } }
                """,
            _ => null,
        };

        Assert.Equal(generation == "deleted", await _store.DeleteAsync(Key, CancellationToken.None));

        Assert.Equal(hasEnded ? "2" : "1~", (string?)Body()["ExpressionAttributeValues"]![":last"]!["S"]);
    }

    /// <summary>The first call of a process, whose clock is an hour ahead. By that clock, the reply would have expired.</summary>
    [Fact]
    public async Task Deletion_ClockDiffers_UsesThatOfTheTable()
    {
        _table.Time = () => _time.GetUtcNow().AddHours(-1);
        _table.Respond = operation => operation == "Query" ? """{"Items":[]}""" : null;

        Assert.True(await _store.DeleteAsync(Key, CancellationToken.None));

        var values = DeletionUpdate()["ExpressionAttributeValues"]!;
        Assert.Equal(
            (Seconds(TimeSpan.FromHours(-1)), Seconds(TimeSpan.FromHours(-2))),
            ((string?)values[":now"]!["N"], (string?)values[":expired"]!["N"]));
    }

    private JsonNode DeletionUpdate() =>
        JsonNode.Parse(_table.Bodies.First(body => body.Contains("#generation = :generation", StringComparison.Ordinal)))!;
}
