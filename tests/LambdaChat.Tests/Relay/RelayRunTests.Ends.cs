using LambdaChat.Failures;
using LambdaChat.Lambda;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Tests.Relay;

// Deadlines, failing and slow clients during a read, and the last record.
public sealed partial class RelayRunTests
{
    private const string Length = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Finish)]
    [InlineData(Length)]
    public async Task Deadline_AfterTheFinishReason_LosesNothing(string finish)
    {
        using var lifetime = SetDeadline(TimeSpan.FromSeconds(30));
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(Token + finish);
        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal(2, _writer.Chunks.Count);
    }

    [Theory]
    [InlineData(Token, 1)]
    [InlineData(Role, 0)]
    [InlineData(Comment, 0)]
    public async Task Deadline_BeforeTheFinishReason_EndsTheReplyWithoutAnotherCall(string record, int chunks)
    {
        using var lifetime = SetDeadline(TimeSpan.FromSeconds(30));
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(record);
        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(
            FailureKind.DeadlineExceeded, (await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure?.Kind);
        Assert.Equal(chunks, _writer.Chunks.Count);
        Assert.Equal(["a"], _endpoints.Called);
    }

    [Theory]
    [InlineData(Token, 2)]
    [InlineData(Role, 1)] // Nothing was said, so it is sent only if no other target can give the reply.
    [InlineData("data: {\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n", 2)]
    public async Task Record_AfterALateOneWithAFinishReason_ContinuesTheReply(string first, int targetCount)
    {
        var end = Start(targetCount: targetCount);
        await _first.ReadingAsync();
        await _first.GiveAsync(first.Replace("null", "\"stop\"", StringComparison.Ordinal));
        await LetPassAsync(isSent: !first.Contains("message", StringComparison.Ordinal)); // A message was sent before its finish reason.
        await _first.GiveAsync(Token.Replace("null", "\"stop\"", StringComparison.Ordinal));
        _first.Give(Done);

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
        Assert.Contains("\"role\":\"assistant\"", _writer.Chunks[0], StringComparison.Ordinal);
        Assert.Equal([false, true], _writer.Chunks.Select(chunk => chunk.Contains("\"stop\"", StringComparison.Ordinal)));
    }

    /// <summary>A finish reason that waits for the end needs no timer, also if the model server sends comments.</summary>
    [Fact]
    public async Task FinishReason_ThatMayNotBeTheLast_IsLateOnce()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(Token.Replace("null", "\"stop\"", StringComparison.Ordinal));
        await LetPassAsync(isSent: true);
        await _first.GiveAsync(Comment);
        await _first.GiveAsync(Comment);
        _first.Give(Done);

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal(1, _time.Started);
    }

    /// <summary>Clients stop at the first finish reason, so there is one, and no text behind it.</summary>
    [Theory]
    [InlineData(Finish, 1)]
    [InlineData(Length, 1)]
    [InlineData(Finish, 2)]
    public async Task Text_LongAfterAFinishReasonOfItsOwn_ContinuesTheReply(string finish, int targetCount)
    {
        var end = Start(targetCount: targetCount);
        await _first.ReadingAsync();
        await _first.GiveAsync(Token + finish);
        await LetPassAsync(isSent: false);
        await _first.GiveAsync(Token);
        await _first.GiveAsync(finish);
        await LetPassAsync(isSent: false);
        _first.Give(Done);

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal(
            [false, false, true], _writer.Chunks.Select(chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal)));
        Assert.Equal(0, _time.Started);
    }

    [Fact]
    public async Task Call_AfterALateFinishReasonOfACall_ContinuesTheReply()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(Call("a"));
        await _first.GiveAsync(Finish.Replace("stop", "tool_calls", StringComparison.Ordinal));
        await LetPassAsync(isSent: false);
        await _first.GiveAsync(Call("b"));
        _first.Give(Finish + Done);

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal([false, false, true], _writer.Chunks.Select(chunk => chunk.Contains("\":\"tool_calls\"", StringComparison.Ordinal)));

        static string Call(string id) => Token.Replace(
            "\"content\":\"Hi\"",
            $$$"""{"tool_calls":[{"index":0,"id":"{{{id}}}","type":"function","function":{"name":"f","arguments":"[1]"}}]}"""[1..^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TextLikeATag_WithTheFinishReason_IsACompleteReply()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(
            Token.Replace("Hi", "<th", StringComparison.Ordinal).Replace("null", "\"stop\"", StringComparison.Ordinal));
        _first.End();

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
        Assert.Contains("<th", Assert.Single(_writer.Chunks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_FailsDuringARead_EndsTheReadFirst()
    {
        var end = Start(targetCount: 1);
        await _first.ReadingAsync();
        await _first.GiveAsync(Role);
        await _time.TimerAsync();
        _writer.Flush = new HeldFlush();
        _writer.Flush.SetException(new InvalidOperationException("The response has ended."));
        _time.Advance(TimeSpan.FromSeconds(0.25));

        Assert.Equal(FailureKind.Internal, (await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure?.Kind);
        Assert.False(_first.IsDisposedDuringRead);
    }

    [Fact]
    public async Task Flush_ToASlowClientDuringARead_IsNoSilenceOfTheModel()
    {
        var end = Start(idleSeconds: 5, targetCount: 1);
        await _first.ReadingAsync();
        await _first.GiveAsync(Role);
        await _time.TimerAsync();
        var flush = _writer.Flush = new HeldFlush();
        _time.Advance(TimeSpan.FromSeconds(0.25));
        await flush.Awaited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(60));
        _writer.Flush = null;
        flush.SetResult(true);
        await _first.GiveAsync(Token + Finish);
        _first.Give(Done);

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
    }

    // The timer of the last read may also expire between the arrival of the end and its flush.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Flush_OfTheEndToASlowClient_IsNoSilenceOfTheModel(bool isDone, bool isBefore)
    {
        var end = Start(idleSeconds: 5, targetCount: 1);
        await _first.ReadingAsync();
        await _first.GiveAsync(Token + Finish);
        var flush = _writer.Flush = new HeldFlush();
        if (isDone)
        {
            _first.Give(Done);
        }
        else
        {
            _first.End();
        }

        _time.Advance(TimeSpan.FromSeconds(isBefore ? 60 : 0));
        await flush.Awaited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(60));
        _writer.Flush = null;
        flush.SetResult(true);

        Assert.Null((await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure);
    }

    [Theory]
    [InlineData("", FailureKind.RecordTooLong)]
    [InlineData(Token, FailureKind.RecordTooLong)]
    [InlineData(Token + Finish, null)]
    internal async Task LastRecord_AboveTheCapWithoutALineEnd_IsTooLong(string before, FailureKind? expected)
    {
        var line = $"data: {new string('x', 600_000)}";
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync($"{before}{line}\n{line}");
        _first.End();

        Assert.Equal(expected, (await end.WaitAsync(Patience, TestContext.Current.CancellationToken)).Failure?.Kind);
    }

    // The next record is late. Waits for the flush of what waits for it.
    private async Task LetPassAsync(bool isSent)
    {
        if (!isSent)
        {
            _time.Advance(TimeSpan.FromSeconds(0.25));
            return;
        }

        await _time.TimerAsync();
        _writer.Flushing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _time.Advance(TimeSpan.FromSeconds(0.25));
        await _writer.Flushing.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private InvocationLifetime SetDeadline(TimeSpan left)
    {
        var lifetime = new InvocationLifetime(_time.GetUtcNow() + left, _time);
        _context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        _context.Features.Set<IHttpRequestTimeoutFeature>(lifetime);
        return lifetime;
    }
}
