using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.ReplyStore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class StoredReplyTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly MemoryBudget _memory;
    private readonly MemoryReplyStore _store;
    private readonly StoredReplies _replies;

    public StoredReplyTests()
    {
        _memory = new MemoryBudget(100_000, _time);
        _store = new MemoryReplyStore(1_000_000, _time);
        var storage = new ReplyStorage(
            _store, new ReplyStoreSettings(TimeSpan.FromMinutes(1)), _time, NullLogger<ReplyStorage>.Instance);
        _replies = new StoredReplies(new ReaderLimit(_time), _memory, ReplyMemory.Create(_time), NullLogger<StoredReplies>.Instance,
            storage);
    }

    /// <summary>Requests are stored in compressed form, so that a small item becomes much memory.</summary>
    [Fact]
    public async Task Open_CountsTheMemoryUntilItsEnd()
    {
        var context = new DefaultHttpContext();
        await StoreAsync(context, Encoding.UTF8.GetBytes($"\"{new string('x', 10_000)}\""));

        var first = await _replies.OpenAsync(context, "a");
        var refused = await Assert.ThrowsAsync<ErrorResponseException>(() => _replies.OpenAsync(context, "a"));
        var used = _memory.Used;
        first!.Dispose();
        (await _replies.OpenAsync(context, "a"))!.Dispose();

        Assert.Equal((503, "server_overloaded"), (refused.Error.Status, refused.Error.Code));
        Assert.InRange(used, 30_000, 40_000);
        Assert.Equal(0, _memory.Used);
    }

    /// <summary>Four kilobytes of a table can expand to megabytes.</summary>
    [Fact]
    public async Task Open_WithoutMemory_IsRefusedBeforeTheRequestIsExpanded()
    {
        var context = new DefaultHttpContext();
        await StoreAsync(context, Encoding.UTF8.GetBytes($"\"{new string('x', 4_000_000)}\""));
        Assert.True(_memory.TryReserve(1));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = _replies.OpenAsync(context, "a");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal("server_overloaded", (await Assert.ThrowsAsync<ErrorResponseException>(() => refused)).Error.Code);
        Assert.InRange(allocated, 0, 200_000);
        Assert.Equal(1, _memory.Used);
    }

    /// <summary>Earlier versions of the function did not store the length of a request.</summary>
    [Fact]
    public async Task Open_WithoutAStoredLength_ReadsAndCountsTheRequest()
    {
        var context = new DefaultHttpContext();
        var head = new ReplyHead("g", ReplyStatus.Running, _time.GetUtcNow().AddDays(1), _time.GetUtcNow().AddDays(1));
        var request = Compression.Compress(Encoding.UTF8.GetBytes($"\"{new string('x', 10_000)}\""));
        await _store.CreateAsync(ReplyKey.Of(null, "a"), head, request, CancellationToken.None);

        using var reply = await _replies.OpenAsync(context, "a");

        Assert.Equal((10_002, 10_002), (reply!.Request.GetString()!.Length + 2, reply.Length));
        Assert.Equal(30_006, _memory.Used);
    }

    /// <summary>Names in logs can be equal.</summary>
    [Fact]
    public async Task Open_ByACallerWithTheSameName_FindsNothing()
    {
        var (own, other) = (ContextOf("iam:a-12"), ContextOf("iam:a-13"));
        await StoreAsync(own, "{}"u8.ToArray());

        using var reply = await _replies.OpenAsync(own, "a");

        Assert.NotNull(reply);
        Assert.Null(await _replies.OpenAsync(other, "a"));
    }

    [Fact]
    public async Task Open_OfARequestThatIsNotJson_CountsNoMemoryAfterwards()
    {
        var context = new DefaultHttpContext();
        await StoreAsync(context, "{\"cut"u8.ToArray());

        await Assert.ThrowsAnyAsync<JsonException>(() => _replies.OpenAsync(context, "a"));

        Assert.Equal(0, _memory.Used);
    }

    private static DefaultHttpContext ContextOf(string id)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new Caller("iam:a-1") { Id = id });
        return context;
    }

    private async Task StoreAsync(HttpContext context, byte[] request)
    {
        await using var log = _replies.Start(context, "a", request);
        Assert.True(await log.Created);
    }
}
