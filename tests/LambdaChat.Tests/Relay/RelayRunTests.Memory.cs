using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Relay;

public sealed partial class RelayRunTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task LargeDocument_ThatAClientReads_HasNoTurn(bool isLine, bool isLargeChunk)
    {
        var replies = new ReplyMemory(new MemoryBudget(8 * 1024 * 1024, _time), _time);
        using var memory = replies.Begin(new DefaultHttpContext());
        using var other = replies.Begin(new DefaultHttpContext());
        var text = new string('x', 300_000);
        var document = isLargeChunk
            ? $$"""{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"{{text}}"},"finish_reason":"stop"}]"""
            : $$"""{"model":"m","message":{"role":"assistant","content":"Hi"},"context":"{{text}}","done":true""";
        var end = Start(targetCount: 1, change: request => request with { Memory = memory });
        await _first.ReadingAsync();
        await _first.GiveAsync(document);
        var turn = other.WaitForTurnAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(turn.IsCompleted); // The document is not complete.

        var flush = _writer.Flush = new HeldFlush();
        if (isLine)
        {
            _first.Give("}\n");
        }
        else
        {
            await _first.GiveAsync("}");
            _first.End();
        }

        Assert.Null(await turn.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(end.IsCompleted);
        _writer.Flush = null;
        flush.SetResult(true);
        if (isLine)
        {
            await _first.ReadingAsync();
            _first.End();
        }

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
    }
}
