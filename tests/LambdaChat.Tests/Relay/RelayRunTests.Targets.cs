using LambdaChat.Failures;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;

namespace LambdaChat.Tests.Relay;

public sealed partial class RelayRunTests
{
    [Theory]
    [InlineData(Abort)]
    [InlineData("data: {\"error\":{\"message\":\"dead\",\"code\":500}}\n\n")]
    [InlineData("data: {\"error\":\"dead\"}\n\n")]
    [InlineData(Comment + "data: null\n\n" + Abort)]
    public async Task Failure_BeforeTheFirstChunk_AsksTheNextTarget(string record)
    {
        var end = Start();
        await _first.ReadingAsync();
        _first.Give(record);
        await _second.ReadingAsync();
        await _second.GiveAsync(Token);
        _second.Give(Finish + Done);

        Assert.Null((await end).Failure);
        Assert.Equal(["a", "b"], _endpoints.Called);
        Assert.Equal(2, _writer.Chunks.Count);
    }

    /// <summary>A choice that ended without text has said nothing, so it is not sent however late the next record is.</summary>
    [Fact]
    public async Task Failure_LongAfterAFinishReasonAlone_AsksTheNextTarget()
    {
        var end = Start(change: request => request with { Format = ChunkLog.Contract(choices: 2) });
        await _first.ReadingAsync();
        await _first.GiveAsync(Role.Replace("null", "\"stop\"", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromSeconds(0.3));
        _first.Give("data: {\"error\":{\"message\":\"dead\",\"code\":500}}\n\n");
        await _second.ReadingAsync();
        await _second.GiveAsync(Token);
        _second.Give(Finish + Done);

        Assert.Null((await end).Failure);
        Assert.Equal(["a", "b"], _endpoints.Called);
        Assert.Equal(2, _writer.Chunks.Count);
        Assert.Equal(0, _time.Started);
    }

    [Fact]
    public async Task BrokenStream_BeforeTheFirstChunk_AsksTheNextTargetOnce()
    {
        var end = Start();
        await _first.ReadingAsync();
        _first.End(new ReplyFailure(FailureKind.StreamBroken));
        await _second.ReadingAsync();
        _second.End(new ReplyFailure(FailureKind.ConnectionLost));

        Assert.Equal(FailureKind.ConnectionLost, (await end).Failure?.Kind);
        Assert.Equal(["a", "b"], _endpoints.Called);
        Assert.Empty(_writer.Chunks);
    }

    [Fact]
    public async Task Role_OfTheOnlyTarget_WaitsForTheNextRecord()
    {
        var end = Start(targetCount: 1);
        await _first.ReadingAsync();
        await _first.GiveAsync(Role);
        _first.Give("data: {\"error\":{\"message\":\"too hot\",\"code\":400}}\n\n");

        Assert.Equal(400, (await end).Failure?.Container?.Status);
        Assert.Empty(_writer.Chunks);
    }

    [Fact]
    public async Task Role_OfTheOnlyTarget_IsSentWithoutTheNextRecordAfterAMoment()
    {
        var end = Start(targetCount: 1);
        await _first.ReadingAsync();
        await _first.GiveAsync(Role);
        await _time.TimerAsync();
        _time.Advance(TimeSpan.FromSeconds(0.25));
        await _writer.FirstChunk.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Single(_writer.Chunks);
        await _first.GiveAsync(Token);
        _first.Give(Finish + Done);

        Assert.Null((await end).Failure);
        Assert.Equal(3, _writer.Chunks.Count);
    }

    [Theory]
    [InlineData(1, "a, a")]
    [InlineData(2, "a, b, b")]
    public async Task WholeReply_StreamsThatBreakAtOnce_AreAskedForWithoutStreamLast(int targetCount, string called)
    {
        using var plain = new ScriptedPayloads();
        _endpoints.Order = targetCount == 1 ? [_first, plain] : [_first, _second, plain];
        var end = Start(canAskWithoutStream: true, targetCount: targetCount);
        foreach (var stream in _endpoints.Order.SkipLast(1))
        {
            await stream.ReadingAsync();
            stream.End(new ReplyFailure(FailureKind.StreamBroken));
        }

        await plain.ReadingAsync();
        plain.Give("{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}\n");

        Assert.Equal(400, (await end).Failure?.Container?.Status);
        Assert.Equal(called, string.Join(", ", _endpoints.Called));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Comment)]
    [InlineData("data: {\"error\":{\"message\":\"busy\"}}\n\n")]
    [InlineData("data: Internal Server Error\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"Streaming is not supported\",\"code\":500}}\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"stream is not implemented\",\"code\":501}}\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"logprobs is not supported with tools + stream\",\"code\":400}}\n\n")]
    public async Task WholeReply_StreamThatFailsAtOnce_IsAskedForWithoutStream(string record)
    {
        _endpoints.Order = [_first, _second];
        var end = Start(canAskWithoutStream: true);
        await _first.ReadingAsync();
        if (record.Length == 0 || record == Comment)
        {
            _first.End();
        }
        else
        {
            _first.Give(record);
        }

        await _second.ReadingAsync();
        await _second.GiveAsync("""{"id":"c","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}""");
        _second.End();

        Assert.Null((await end).Failure);
        Assert.Equal(["a", "a"], _endpoints.Called);
        Assert.Equal([CallMode.Stream, CallMode.Plain], _endpoints.Modes);
        Assert.Equal(2, _writer.Chunks.Count);
    }
}
