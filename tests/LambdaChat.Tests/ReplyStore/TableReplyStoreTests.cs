using System.Globalization;
using System.Text.Json.Nodes;
using LambdaChat.ReplyStore;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.ReplyStore;

public sealed partial class TableReplyStoreTests : IDisposable
{
    private const string Items = """
        {"Items":[{"pk":{"S":"p"},"sk":{"S":"part1"}},{"pk":{"S":"p"},"sk":{"S":"part2"}}]}
        """;

    private const string ConditionFailed = """{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}""";

    private static readonly ReplyKey Key = ReplyKey.Of("a", "resp_1");
    private static readonly ReplyStoreSettings Settings = new(TimeSpan.FromMinutes(10)) { LongestRun = TimeSpan.FromDays(1) };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ScriptedTable _table = new();
    private readonly TableReplyStore _store;

    public TableReplyStoreTests() => _store = new TableReplyStore(_table.CreateTable(), Settings, _time);

    /// <summary>Several parts can be in one array.</summary>
    /// <summary>Items of earlier versions have no time.</summary>
    [Fact]
    public void Name_WithoutATime_IsRead() =>
        Assert.Equal(new NamedReply("resp_1", DateTimeOffset.MinValue), ReplyItems.ReadName(new() { ["id"] = new("resp_1") }));

    [Fact]
    public async Task Part_IsSentWithoutTheBytesAroundIt()
    {
        var part = new ReplyPart(2, "before-part-after"u8.ToArray().AsMemory(7, 4), DateTimeOffset.UnixEpoch);

        await _store.AppendAsync(Key, part, CancellationToken.None);

        var bytes = (string)Body()["Item"]!["bytes"]!["B"]!;
        Assert.Equal("part"u8.ToArray(), Convert.FromBase64String(bytes));
    }

    // DynamoDB may delete an item as soon as it has expired.
    [Fact]
    public async Task PartAndRequest_LiveAsLongAsTheLongestReply()
    {
        await _store.AppendAsync(Key, new ReplyPart(1, "part"u8.ToArray(), _time.GetUtcNow()), CancellationToken.None);
        Assert.Equal(Seconds(Settings.LongestRun + Settings.Retention), (string?)Body()["Item"]!["expires"]!["N"]);

        var head = new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow().AddMinutes(25));
        await _store.CreateAsync(Key, head, new byte[1000], CancellationToken.None);
        Assert.Equal(
            [Seconds(TimeSpan.FromMinutes(25)), Seconds(Settings.LongestRun + Settings.Retention)],
            _table.Bodies[^2..].Select(body => (string?)JsonNode.Parse(body)!["Item"]!["expires"]!["N"]));
    }

    // The response to the first attempt can be lost, and the reply be cancelled before the second one.
    [Theory]
    [InlineData("g", true)]
    [InlineData("other", false)]
    public async Task Head_ThatExists_IsNotReplaced(string generation, bool isOwn)
    {
        _table.HasHead = true;
        var creation = _store.CreateAsync(
            Key, new ReplyHead(generation, ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow()), new byte[400 * 1024],
            CancellationToken.None);

        Assert.Equal(isOwn, await Record.ExceptionAsync(() => creation) is null);
        Assert.Equal(isOwn ? 4 : 2, _table.Calls); // Two pieces of the request follow.
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Request_WithoutAllItsPieces_IsNotRead(int pieces, bool isWhole)
    {
        var request = new byte[1000 * 1024];
        var head = ReplyItems.OfHead(Key, new ReplyHead("g", ReplyStatus.Running, default, default), request);
        var items = ReplyItems.OfRequest(Key, request, default).Take(pieces).ToList();

        Assert.Equal(isWhole ? request : null, ReplyItems.ReadRequest(head, items));
    }

    /// <summary>Earlier versions of the function did not store it.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(6_000_000)]
    public void Head_WithTheLengthOfItsRequest_IsReadAgain(int? length)
    {
        var head = new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow(), _time.GetUtcNow()) { RequestLength = length };

        Assert.Equal(head, ReplyItems.ReadHead(ReplyItems.OfHead(Key, head, new byte[600])));
    }

    [Fact]
    public async Task Renewal_SetsLeaseAndExpiryInOneUpdate()
    {
        var now = _time.GetUtcNow();
        await _store.RenewAsync(Key, "g", now.AddSeconds(20), now.AddMinutes(25), CancellationToken.None);

        Assert.Single(_table.Bodies);
        Assert.Equal("SET #lease = :lease, #expires = :expires", (string?)Body()["UpdateExpression"]);
        Assert.Equal("expires", (string?)Body()["ExpressionAttributeNames"]!["#expires"]);
        Assert.Equal(Seconds(TimeSpan.FromMinutes(25)), (string?)Body()["ExpressionAttributeValues"]![":expires"]!["N"]);
    }

    [Theory]
    [InlineData("AccessDeniedException", true)]
    [InlineData("ResourceNotFoundException", true)]
    [InlineData("ValidationException", true)]
    [InlineData("UnrecognizedClientException", false)] // New credentials may follow.
    [InlineData("ItemCollectionSizeLimitExceededException", false)]
    public async Task Error_ThatTheSameCallMeetsAgain_IsPermanent(string error, bool isPermanent)
    {
        _table.Error = error;

        var exception = await Assert.ThrowsAsync<ReplyStoreException>(() => _store.ReadHeadAsync(Key, CancellationToken.None));

        Assert.Equal(isPermanent, exception.IsPermanent);
    }

    // A request of the same conversation may have begun later, and have its name already.
    [Fact]
    public async Task Name_OfALaterReply_IsNotReplaced()
    {
        _table.Respond = operation => operation == "PutItem" ? ConditionFailed : null;

        var reply = new NamedReply("resp_1", _time.GetUtcNow());
        await _store.SetNameAsync(Key, reply, _time.GetUtcNow().AddMinutes(1), CancellationToken.None);

        var at = _time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        Assert.Equal("attribute_not_exists(#at) OR #at <= :at", (string?)Body()["ConditionExpression"]);
        Assert.Equal((at, at), ((string?)Body()["Item"]!["at"]!["N"], (string?)Body()["ExpressionAttributeValues"]![":at"]!["N"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Deletion_ItemsThatWereNotProcessed_AreSentAgain(int refusals)
    {
        var batches = 0;
        _table.Respond = operation => operation switch
        {
            "Query" => Items,
            "BatchWriteItem" => batches++ < refusals
                ? """{"UnprocessedItems":{"t":[{"DeleteRequest":{"Key":{"pk":{"S":"p"},"sk":{"S":"part2"}}}}]}}"""
                : null,
            _ => null,
        };

        var deletion = _store.DeleteAsync(Key, CancellationToken.None);
        while (!deletion.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        if (refusals < 3)
        {
            Assert.True(await deletion);
            Assert.Equal(refusals + 1, batches);
        }
        else
        {
            await Assert.ThrowsAsync<ReplyStoreException>(() => deletion);
        }

        var last = Body()["RequestItems"]!["t"]!.AsArray();
        Assert.Equal(refusals == 0 ? 2 : 1, last.Count);
    }

    public void Dispose() => _table.Dispose();

    private JsonNode Body() => JsonNode.Parse(_table.Bodies[^1])!;

    private string Seconds(TimeSpan fromNow) => (_time.GetUtcNow() + fromNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
