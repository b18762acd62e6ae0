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
        var (log, request) = StartWithRequest();
        Assert.True(await log.Created);

        await ReleasedMemory.AssertAsync(request);
        log.End(ReplyStatus.Completed, _time.GetUtcNow(), []);
        await log.Run;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (ReplyProducer Log, WeakReference Request) StartWithRequest()
    {
        var request = new byte[100_000];
        var log = new ReplyProducer(_store, Key, request, Settings, _time, "id-1", NullLogger.Instance);
        return (log, new WeakReference(request));
    }
}
