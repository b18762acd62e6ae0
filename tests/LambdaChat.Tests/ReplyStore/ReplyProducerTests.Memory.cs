using System.Runtime.CompilerServices;
using LambdaChat.ReplyStore;
using LambdaChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.ReplyStore;

// What a running reply keeps in memory.
public sealed partial class ReplyProducerTests
{
    [Fact]
    public async Task Request_ThatTheStoreHas_IsReleasedBeforeTheEnd()
    {
        var (producer, request) = StartWithRequest();
        Assert.True(await producer.Created);

        await ReleasedMemory.AssertAsync(request);
        producer.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await producer.Run;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (ReplyProducer Log, WeakReference Request) StartWithRequest()
    {
        var request = new byte[100_000];
        var producer = new ReplyProducer(_store, Key, request, Settings, _time, "id-1", NullLogger.Instance);
        return (producer, new WeakReference(request));
    }
}
