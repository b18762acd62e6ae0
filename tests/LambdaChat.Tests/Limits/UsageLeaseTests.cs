using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

/// <summary>What a request hears of its limits, and when: the table is a script, the time is the test's.</summary>
public sealed class UsageLeaseTests
{
    private static readonly TimeSpan JustBefore = UsageLease.Patience - TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 20, 58, 30, TimeSpan.Zero));
    private readonly ScriptedBooking _stored = new();

    [Fact]
    public async Task OpenAsync_WithoutTable_NeedsNobody()
    {
        await using var lease = Create(isOpen: true, stored: null);

        Assert.True(await lease.WaitForDecisionAsync());
        Assert.Equal((TableDecision.None, false), (lease.Decision, lease.Stop.CanBeCanceled));
    }

    [Fact]
    public async Task OpenAsync_TableAnswersInTime_Opens()
    {
        await using var lease = Create(isOpen: true, _stored);
        var open = lease.WaitForDecisionAsync().AsTask();
        _time.Advance(JustBefore);
        Assert.False(open.IsCompleted);

        _stored.Answer.SetResult(null);

        Assert.True(await open);
        Assert.Equal(TableDecision.InTime, lease.Decision);
    }

    [Fact]
    public async Task OpenAsync_TableRefuses_StopsTheCall()
    {
        await using var lease = Create(isOpen: true, _stored);
        var open = lease.WaitForDecisionAsync().AsTask();

        _stored.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));

        Assert.False(await open);
        Assert.Equal((TableDecision.Refused, FailureKind.LimitReached), (lease.Decision, lease.Failure!.Kind));
        await StoppedAsync(lease);
    }

    [Theory]
    [InlineData(true, nameof(TableDecision.LateOpen))]
    [InlineData(false, nameof(TableDecision.LateClosed))]
    public async Task OpenAsync_TableIsLate_IsAsConfigured(bool isOpen, string verdict)
    {
        await using var lease = Create(isOpen, _stored);
        var open = lease.WaitForDecisionAsync().AsTask();
        _time.Advance(JustBefore);
        Assert.False(open.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(isOpen, await open);
        Assert.Equal((verdict, isOpen ? null : FailureKind.LimitsUnknown), (lease.Decision.ToString(), lease.Failure?.Kind));
        _stored.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task OpenAsync_TableRefusesAfterTheFirstByte_ChangesNothing()
    {
        var lease = Create(isOpen: true, _stored);
        var open = lease.WaitForDecisionAsync().AsTask();
        _time.Advance(UsageLease.Patience);
        Assert.True(await open);

        _stored.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
        lease.Note(new Usage(1, 7, 0));
        await lease.DisposeAsync();

        Assert.Equal((TableDecision.LateOpen, null), (lease.Decision, lease.Failure));
        Assert.Equal(new Usage(1, 7, 0), Assert.Single(_stored.Settled)); // It was used, allowed or not.
    }

    [Theory]
    [InlineData(true, nameof(TableDecision.FailedOpen))]
    [InlineData(false, nameof(TableDecision.FailedClosed))]
    public async Task OpenAsync_TableFails_IsAsConfigured(bool isOpen, string verdict)
    {
        await using var lease = Create(isOpen, _stored);

        _stored.Answer.SetException(new HttpRequestException());

        Assert.Equal(isOpen, await lease.WaitForDecisionAsync());
        Assert.Equal(verdict, lease.Decision.ToString());
    }

    [Fact]
    public async Task Dispose_TableNeverAnswers_EndsAfterItsTime()
    {
        var lease = Create(isOpen: true, _stored);
        await _stored.Asked.Task;

        var settled = lease.DisposeAsync().AsTask();
        Assert.False(settled.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        await settled;
    }

    [Fact]
    public async Task Dispose_RefusedByThisProcess_GivesNothingBack()
    {
        var counters = new LocalUsageCounters(_time);
        var (first, second) = (Create(isOpen: true, stored: null, counters), Create(isOpen: true, stored: null, counters));
        Assert.Equal(FailureKind.LimitReached, second.Failure!.Kind);

        await second.DisposeAsync();

        Assert.NotNull(Create(isOpen: true, stored: null, counters).Failure);
        await first.DisposeAsync();
        await using var next = Create(isOpen: true, stored: null, counters);
        Assert.Null(next.Failure);
    }

    [Fact]
    public async Task TableHasRefused_ForAMomentNobodyIsLetThrough()
    {
        var counters = new LocalUsageCounters(_time);
        await using (var lease = Create(isOpen: true, _stored, counters))
        {
            _stored.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.TokensPerDay, 100, TimeSpan.FromHours(3)));
            Assert.False(await lease.WaitForDecisionAsync());
        }

        Assert.Equal(FailureKind.LimitReached, Create(isOpen: true, stored: null, counters).Failure!.Kind);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Create(isOpen: true, stored: null, counters).Failure);
    }

    private static Task StoppedAsync(UsageLease lease)
    {
        var stopped = new TaskCompletionSource();
        lease.Stop.Register(stopped.SetResult);
        return stopped.Task;
    }

    private UsageLease Create(bool isOpen, ISharedReservation? stored, LocalUsageCounters? counters = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("STORE_FAILURE", isOpen ? "open" : "closed")]).Build();
        var limits = new LimitSet { Streams = 1, TokensPerDay = 100 };
        var model = new Model("r1", [], "");
        var reservation = Reservation.Of([new(LimitPartition.OfKey("a"), limits)], model, new TokenEstimate(10, 10), _time.GetUtcNow());
        return new UsageLease(reservation, counters ?? new LocalUsageCounters(_time), stored, LimitSettings.Read(configuration), _time, NullLogger.Instance);
    }

    private sealed class ScriptedBooking : ISharedReservation
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource<LimitExceeded?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Usage> Settled { get; } = [];

        public Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            return Answer.Task.WaitAsync(cancellationToken);
        }

        public Task SettleAsync(Usage actual, CancellationToken cancellationToken)
        {
            Settled.Add(actual);
            return Task.CompletedTask;
        }
    }
}
