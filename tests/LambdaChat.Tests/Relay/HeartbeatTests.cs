using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Relay;

public sealed class HeartbeatTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<double> _beats = [];
    private readonly DateTimeOffset _start;

    public HeartbeatTests() => _start = _time.GetUtcNow();

    [Theory]
    [InlineData(10, 4, "10 14 18 22")]
    [InlineData(2, 10, "2 12 22")]
    [InlineData(0, 10, "0 10 20")]
    [InlineData(30, 10, "")]
    [InlineData(5, 0, "")]
    [InlineData(0, 0, "")]
    public async Task Beats_OfASilentModel_ComeAtTheHoldAndThenAtTheInterval(double hold, double interval, string expected)
    {
        await using (Start(hold, interval))
        {
            PassTo(24);
        }

        Assert.Equal(expected, string.Join(' ', _beats));
    }

    [Theory]
    [InlineData(10, 4, "3", "7 11 15 19 23")]
    [InlineData(10, 4, "9", "13 17 21")]
    [InlineData(10, 10, "9 18", "")]
    [InlineData(10, 10, "9 11", "21")]
    [InlineData(4, 4, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", "24")]
    [InlineData(4, 4, "6.5 7", "4 11 15 19 23")]
    [InlineData(10, 4, "24", "10 14 18 22")]
    public async Task Beats_AfterAWrite_ComeOneIntervalLater(double hold, double interval, string writes, string expected)
    {
        await using (var heartbeat = Start(hold, interval))
        {
            foreach (var write in writes.Split(' ').Select(time => double.Parse(time, System.Globalization.CultureInfo.InvariantCulture)))
            {
                PassTo(write);
                await heartbeat.LockAsync(CancellationToken.None);
                heartbeat.Unlock(hasWritten: true);
            }

            PassTo(24);
        }

        Assert.Equal(expected, string.Join(' ', _beats.Where(beat => beat < 24 || expected.EndsWith("24", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Beats_AfterATurnWithoutAWrite_AreNotPutOff()
    {
        await using (var heartbeat = Start(hold: 10, interval: 4))
        {
            PassTo(9);
            await heartbeat.LockAsync(CancellationToken.None);
            heartbeat.Unlock(hasWritten: false);
            PassTo(15);
        }

        Assert.Equal([10, 14], _beats);
    }

    [Fact]
    public async Task Beat_WhileSomethingIsWritten_DoesNotCutIn()
    {
        await using var heartbeat = Start(hold: 10, interval: 4);
        PassTo(8);
        await heartbeat.LockAsync(CancellationToken.None);
        PassTo(23);
        Assert.Empty(_beats);

        heartbeat.Unlock(hasWritten: true);
        PassTo(26.5);
        Assert.Empty(_beats);

        PassTo(28);
        Assert.Equal([27], _beats);
    }

    [Fact]
    public async Task Turn_WhileABeatIsOnItsWay_Waits()
    {
        var sent = new TaskCompletionSource();
        await using var heartbeat = Start(hold: 10, interval: 4, () => new ValueTask(sent.Task));
        PassTo(20);
        Assert.Equal([10], _beats);

        var turn = heartbeat.LockAsync(CancellationToken.None).AsTask();
        Assert.False(turn.IsCompleted);
        sent.SetResult();
        await turn.WaitAsync(TestContext.Current.CancellationToken);
        heartbeat.Unlock(hasWritten: false);

        PassTo(24);
        Assert.Equal([10, 24], _beats);
        Assert.Equal(2, heartbeat.Count);
    }

    [Fact]
    public async Task TargetHeader_WhileABeatIsOnItsWay_Waits()
    {
        var sent = new TaskCompletionSource();
        await using var heartbeat = Start(hold: 10, interval: 4, () => new ValueTask(sent.Task));
        var response = new DefaultHttpContext().Response;
        PassTo(10);

        using var endpoint = EndpointResponse.Failed(new ReplyFailure(FailureKind.Internal));
        var header = TargetHeader.SetAsync(response, endpoint, heartbeat, CancellationToken.None).AsTask();
        Assert.Empty(response.Headers); // The beat may be sending them.
        sent.SetResult();
        await header.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("0", response.Headers[TargetHeader.Name]);
    }

    [Fact]
    public async Task Dispose_WaitsForTheBeatOnItsWay_AndEndsThem()
    {
        var sent = new TaskCompletionSource();
        var heartbeat = Start(hold: 10, interval: 4, () => new ValueTask(sent.Task));
        PassTo(10);

        var disposal = heartbeat.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        sent.SetResult();
        await disposal.WaitAsync(TestContext.Current.CancellationToken);

        PassTo(100);
        Assert.Equal([10], _beats);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(ObjectDisposedException))]
    public async Task Beat_ThatFails_IsTheLast(Type type)
    {
        var failure = (Exception)Activator.CreateInstance(type, "x")!;
        await using (var heartbeat = Start(hold: 10, interval: 4, () => ValueTask.FromException(failure)))
        {
            PassTo(30);
            await heartbeat.LockAsync(TestContext.Current.CancellationToken);
            heartbeat.Unlock(hasWritten: false);
            PassTo(50);
        }

        Assert.Equal([10], _beats);
    }

    [Fact]
    public async Task Enter_CancelledWhileABeatIsOnItsWay_TakesNoTurn()
    {
        var sending = new TaskCompletionSource();
        await using var heartbeat = Start(hold: 10, interval: 4, () => new ValueTask(sending.Task));
        PassTo(10);
        using var cancellation = new CancellationTokenSource();

        var entering = heartbeat.LockAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => entering);

        sending.SetResult();
        await heartbeat.LockAsync(TestContext.Current.CancellationToken);
        heartbeat.Unlock(hasWritten: false);
    }

    private Heartbeat Start(double hold, double interval, Func<ValueTask>? send = null) =>
        new(new RelaySettings(TimeSpan.FromSeconds(hold), TimeSpan.FromSeconds(interval)), _time, () =>
        {
            _beats.Add((_time.GetUtcNow() - _start).TotalSeconds);
            return send?.Invoke() ?? ValueTask.CompletedTask;
        });

    private void PassTo(double seconds)
    {
        for (var now = _time.GetUtcNow(); now < _start.AddSeconds(seconds); now = _time.GetUtcNow())
        {
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }
    }
}
