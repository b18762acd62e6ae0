using System.Text.Json.Nodes;
using LambdaChat.ReplyStore;

namespace LambdaChat.Tests.ReplyStore;

public sealed class TableReplyStoreTests : IDisposable
{
    private readonly ScriptedTable _table = new();

    /// <summary>Several parts can be in one array.</summary>
    [Fact]
    public async Task Part_IsSentWithoutTheBytesAroundIt()
    {
        var store = new TableReplyStore(_table.CreateTable(), TimeProvider.System);
        var part = new ReplyPart(2, "before-part-after"u8.ToArray().AsMemory(7, 4), DateTimeOffset.UnixEpoch);

        await store.AppendAsync(ReplyKey.Of("a", "resp_1"), part, DateTimeOffset.UnixEpoch, CancellationToken.None);

        var bytes = (string)JsonNode.Parse(_table.LastBody)!["Item"]!["bytes"]!["B"]!;
        Assert.Equal("part"u8.ToArray(), Convert.FromBase64String(bytes));
    }

    public void Dispose() => _table.Dispose();
}
