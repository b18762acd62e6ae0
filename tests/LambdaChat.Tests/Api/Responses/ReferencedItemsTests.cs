using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses;
using LambdaChat.ReplyStore;
using LambdaChat.Tests.ReplyStore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>References to items whose responses have expired.</summary>
public sealed class ReferencedItemsTests
{
    private const int Count = 50;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Fact]
    public async Task Read_ExpiredResponses_SearchesForTheTimeOfOne()
    {
        var settings = new ReplyStoreSettings(TimeSpan.FromMinutes(1));
        var store = new ScriptedReplyStore(_time);
        var replies = new StoredReplies(
            new ReaderLimit(_time), new MemoryBudget(100_000, _time), ReplyMemory.Create(_time), NullLogger<StoredReplies>.Instance,
            new ReplyStorage(store, settings, _time, NullLogger<ReplyStorage>.Instance));
        var references = Enumerable.Range(0, Count).Select(i => $$"""{"type":"item_reference","id":"msg_{{i:d40}}0"}""");
        using var input = JsonDocument.Parse($"[{string.Join(',', references)}]");

        var items = ReferencedItems.Find(input.RootElement);
        var read = items.ReadAsync(replies, new DefaultHttpContext());
        while (!read.IsCompleted)
        {
            _time.Advance(settings.PollInterval);
            await Task.Yield();
        }

        await read;
        Assert.Equal(0, items.Length);
        Assert.InRange(store.Count("request"), Count + 1, Count + (settings.SearchTime / settings.PollInterval));
    }
}
