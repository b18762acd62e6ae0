using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
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
        await using (var log = _replies.Start(context, "a", System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 10_000)}\"")))
        {
            Assert.True(await log.Created);
        }

        var first = await _replies.OpenAsync(context, "a");
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => _replies.OpenAsync(context, "a"));
        var used = _memory.Used;
        first!.Dispose();
        (await _replies.OpenAsync(context, "a"))!.Dispose();

        Assert.Equal((503, "server_overloaded"), (refused.Error.Status, refused.Error.Code));
        Assert.InRange(used, 30_000, 40_000);
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public async Task Open_OfARequestThatIsNotJson_CountsNoMemoryAfterwards()
    {
        var context = new DefaultHttpContext();
        await using (var log = _replies.Start(context, "a", "{\"cut"u8.ToArray()))
        {
            Assert.True(await log.Created);
        }

        await Assert.ThrowsAnyAsync<JsonException>(() => _replies.OpenAsync(context, "a"));

        Assert.Equal(0, _memory.Used);
    }
}
