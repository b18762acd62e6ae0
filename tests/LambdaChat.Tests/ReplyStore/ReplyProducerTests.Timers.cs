using LambdaChat.ReplyStore;
using LambdaChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.ReplyStore;

// A wait for the store ends its timer when the store responds.
public sealed partial class ReplyProducerTests
{
    private readonly CountedTime _counted = new();

    [Fact]
    public async Task Waits_ForATableThatResponds_LeaveNoTimer()
    {
        var created = new TaskCompletionSource();
        var store = new ScriptedReplyStore(_counted) { Gate = created.Task };
        await using (var producer = new ReplyProducer(
            store, Key, "{}"u8.ToArray(), Settings with { WaitsAtEnd = true }, _counted, "id-1", NullLogger.Instance))
        {
            var confirmed = producer.ConfirmAsync().AsTask();
            Assert.False(confirmed.IsCompleted);
            created.SetResult();
            await confirmed;
            Assert.False(producer.HasFailed);
        }

        await _counted.NoTimerAsync();
    }

    [Fact]
    public async Task Wait_ForTheEndInMemory_LeavesNoTimer()
    {
        var store = new MemoryReplyStore(1024 * 1024, _counted);
        await using (var producer = new ReplyProducer(store, Key, "{}"u8.ToArray(), Settings, _counted, "id-1", NullLogger.Instance))
        {
            await producer.EndAsync(ReplyStatus.Completed, _counted.GetUtcNow(), []);
        }

        await _counted.NoTimerAsync();
    }
}
