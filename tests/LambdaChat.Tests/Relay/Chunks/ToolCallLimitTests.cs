using System.Text;
using System.Text.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The memory that a model server's tool calls can cost.</summary>
public sealed class ToolCallLimitTests
{
    [Theory]
    [InlineData("""[{"index":0,"function":{"arguments":"{\"x\":"}}]""")]
    [InlineData("""[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]""")]
    [InlineData("""[{"index":0,"id":"b","function":{"name":null,"arguments":"{\"x\":"}}]""")]
    public void TryEdit_PieceOfArguments_AllocatesNothing(string piece)
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(256);
        tracker.TryEdit("""[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]"""u8, "r", output);
        var json = Encoding.UTF8.GetBytes(piece);
        tracker.TryEdit(json, "r", output);

        AllocatedMemory.AssertNone(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                tracker.TryEdit(json, "r", output);
            }
        });
        Assert.Equal(1, tracker.Count);
    }

    /// <summary>Heads that begin no call have the same cap as calls.</summary>
    [Fact]
    public void TryEdit_MoreHeadsThanTheCap_IsDamaged()
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(16);
        void Add(int index) => tracker.TryEdit(Encoding.UTF8.GetBytes($$"""[{"index":{{index}},"id":"c{{index}}"}]"""), "r", output);
        tracker.TryEdit("""[{"index":0,"id":"a","function":{"name":"f"}}]"""u8, "r", output);
        for (var i = 1; i <= 1024; i++)
        {
            Add(i);
            Add(i);
        }

        Assert.Throws<JsonException>(() => Add(1025));
        Assert.Equal(1, tracker.Count);
    }

    [Fact]
    public void TryEdit_MoreCallsThanTheCap_IsDamaged()
    {
        var tracker = new ToolCallTracker();
        var output = new ByteBuffer(16);
        for (var i = 0; i < 1024; i++)
        {
            tracker.TryEdit(
                Encoding.UTF8.GetBytes("""[{"id":"#","function":{"name":"f"}}]""".Replace("#", $"{i}", StringComparison.Ordinal)), "r",
                    output);
        }

        Assert.Throws<JsonException>(() => tracker.TryEdit("""[{"id":"x","function":{"name":"f"}}]"""u8, "r", output));
    }
}
