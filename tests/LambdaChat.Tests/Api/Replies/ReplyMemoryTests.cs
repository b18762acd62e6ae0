using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Replies;

public sealed class ReplyMemoryTests
{
    private const long MiB = 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBudget _memory;
    private readonly ReplyMemory _replies;

    public ReplyMemoryTests()
    {
        _memory = new MemoryBudget(8 * MiB, _time);
        _replies = new ReplyMemory(_memory, _time);
    }

    [Fact]
    public void Reserve_BelowTheFirstStep_IsFree()
    {
        using var reply = Begin();

        Assert.Null(reply.Reserve(MiB - 1));
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public void Reserve_WhileAReplyGrows_CountsItsStepsOnceUntilItsEnd()
    {
        using (var reply = Begin())
        {
            Assert.Null(reply.Reserve(MiB));
            Assert.Null(reply.Reserve((2 * MiB) + 1));
            Assert.Null(reply.Reserve(2 * MiB));
            Assert.Equal(3 * MiB, _memory.Used);

            reply.Shrink(MiB + 1);
            Assert.Equal(2 * MiB, _memory.Used);
        }

        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public void Reserve_OfASingleReply_GetsAllMemoryAndNoMore()
    {
        using var reply = Begin();

        Assert.Null(reply.Reserve(8 * MiB));
        Assert.Equal(FailureKind.ReplyTooLong, reply.Reserve((8 * MiB) + 1)?.Kind);
        Assert.Equal(8 * MiB, _memory.Used);
    }

    [Fact]
    public void Reserve_OfSeveralRepliesOfACaller_GetsHalf()
    {
        using var first = Begin();
        using var second = Begin();
        using var third = Begin();

        Assert.Null(first.Reserve(2 * MiB));
        Assert.Null(second.Reserve(2 * MiB));
        Assert.Equal(FailureKind.ServerOverloaded, third.Reserve(MiB)?.Kind);

        first.Dispose();
        Assert.Equal(FailureKind.ServerOverloaded, third.Reserve(MiB)?.Kind); // A reply that was refused stays refused.
        Assert.Null(second.Reserve(4 * MiB));
    }

    [Fact]
    public async Task WaitForTurn_OfASecondDocument_WaitsForTheFirst()
    {
        using var first = Begin();
        using var second = Begin();

        Assert.Null(await first.WaitForTurnAsync(TestContext.Current.CancellationToken));
        var turn = second.WaitForTurnAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(turn.IsCompleted);
        first.Shrink(0);

        Assert.Null(await turn);
    }

    [Fact]
    public async Task WaitForTurn_ForTooLong_IsRefused()
    {
        using var first = Begin();
        using var second = Begin();
        using var third = Begin();

        Assert.Null(await first.WaitForTurnAsync(TestContext.Current.CancellationToken));
        var turn = second.WaitForTurnAsync(TestContext.Current.CancellationToken).AsTask();
        _time.Advance(ReplyMemory.TurnTimeout);

        Assert.Equal(FailureKind.ServerOverloaded, (await turn)?.Kind);
        Assert.Equal(FailureKind.ServerOverloaded, second.Reserve(1)?.Kind);
        second.Dispose();
        first.Dispose();
        Assert.Null(await third.WaitForTurnAsync(TestContext.Current.CancellationToken)); // A refused document gives back no turn.
    }

    private MemoryReservation Begin() => _replies.Begin(new DefaultHttpContext());
}
