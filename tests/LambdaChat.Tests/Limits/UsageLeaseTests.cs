using LambdaChat.Failures;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

/// <summary>The decision on a request and its time. The table is scripted.</summary>
public sealed class UsageLeaseTests
{
    private static readonly TimeSpan JustBefore = UsageLease.DecisionTimeout - TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 20, 58, 30, TimeSpan.Zero));
    private readonly ScriptedReservation _table = new();

    [Fact]
    public async Task WaitForDecision_WithoutTable_IsImmediate()
    {
        await using var lease = Create(isOpen: true, shared: null);

        Assert.True(await lease.WaitForDecisionAsync());
        Assert.Equal((TableDecision.None, false), (lease.Decision, lease.Stop.CanBeCanceled));
    }

    [Fact]
    public async Task WaitForDecision_TableAllows_IsTrue()
    {
        await using var lease = Create(isOpen: true, _table);
        var open = lease.WaitForDecisionAsync().AsTask();
        _time.Advance(JustBefore);
        Assert.False(open.IsCompleted);

        _table.Answer.SetResult(null);

        Assert.True(await open);
        Assert.Equal(TableDecision.InTime, lease.Decision);
    }

    [Fact]
    public async Task WaitForDecision_TableRejects_StopsTheCall()
    {
        await using var lease = Create(isOpen: true, _table);
        var open = lease.WaitForDecisionAsync().AsTask();

        _table.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));

        Assert.False(await open);
        Assert.Equal((TableDecision.Refused, FailureKind.LimitReached), (lease.Decision, lease.Failure!.Kind));
        await StoppedAsync(lease);
    }

    [Theory]
    [InlineData(true, nameof(TableDecision.LateOpen))]
    [InlineData(false, nameof(TableDecision.LateClosed))]
    public async Task WaitForDecision_TableIsLate_IsAsConfigured(bool isOpen, string decision)
    {
        await using var lease = Create(isOpen, _table);
        var open = lease.WaitForDecisionAsync().AsTask();
        _time.Advance(JustBefore);
        Assert.False(open.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(isOpen, await open);
        Assert.Equal((decision, isOpen ? null : FailureKind.LimitsUnknown), (lease.Decision.ToString(), lease.Failure?.Kind));
        _table.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task WaitForDecision_TableRejectsAfterTheFirstByte_ChangesNothing()
    {
        var lease = Create(isOpen: true, _table);
        var open = lease.WaitForDecisionAsync().AsTask();
        _time.Advance(UsageLease.DecisionTimeout);
        Assert.True(await open);

        _table.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
        lease.Note(new Usage(1, 7, 0));
        await lease.DisposeAsync();

        Assert.Equal((TableDecision.LateOpen, null), (lease.Decision, lease.Failure));
        Assert.Equal(new Usage(1, 7, 0), Assert.Single(_table.Settled)); // The usage counts in any case.
    }

    [Theory]
    [InlineData(true, nameof(TableDecision.FailedOpen))]
    [InlineData(false, nameof(TableDecision.FailedClosed))]
    public async Task WaitForDecision_TableFails_IsAsConfigured(bool isOpen, string decision)
    {
        await using var lease = Create(isOpen, _table);

        _table.Answer.SetException(new HttpRequestException());

        Assert.Equal(isOpen, await lease.WaitForDecisionAsync());
        Assert.Equal(decision, lease.Decision.ToString());
    }

    [Theory]
    [InlineData(true, nameof(TableDecision.FailedOpen))]
    [InlineData(false, nameof(TableDecision.FailedClosed))]
    public async Task WaitForDecision_AnyException_IsAFailureOfTheTable(bool isOpen, string decision)
    {
        await using var lease = Create(isOpen, _table);

        _table.Answer.SetException(new FormatException());

        Assert.Equal(isOpen, await lease.WaitForDecisionAsync());
        Assert.Equal(decision, lease.Decision.ToString());
    }

    [Fact]
    public async Task Dispose_SettlementThrows_IsOnlyLogged()
    {
        _table.Answer.SetResult(null);
        _table.SettlementError = new FormatException();
        var lease = Create(isOpen: true, _table);
        Assert.True(await lease.WaitForDecisionAsync());

        await lease.DisposeAsync();

        Assert.Single(_table.Settled);
    }

    [Fact]
    public async Task Dispose_WithoutUsage_CountsTheRequest()
    {
        _table.Answer.SetResult(null);
        var lease = Create(isOpen: true, _table);
        Assert.True(await lease.WaitForDecisionAsync());

        await lease.DisposeAsync();

        Assert.Equal(Usage.OneRequest, Assert.Single(_table.Settled));
    }

    [Fact]
    public async Task Dispose_Rejected_CountsNothing()
    {
        _table.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
        var lease = Create(isOpen: true, _table);
        Assert.False(await lease.WaitForDecisionAsync());

        await lease.DisposeAsync();

        Assert.Equal(Usage.Nothing, Assert.Single(_table.Settled));
    }

    [Fact]
    public async Task Dispose_TableIsSilent_EndsAfterTheTimeout()
    {
        var lease = Create(isOpen: true, _table);
        await _table.Asked.Task;

        var settled = lease.DisposeAsync().AsTask();
        Assert.False(settled.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        await settled;
    }

    // Credentials that do not come also hold a cancelled query. The places that it has taken are released all the same.
    [Fact]
    public async Task Dispose_QueryOutlastsItsTimeout_Settles()
    {
        _table.IgnoresCancellation = true;
        var lease = Create(isOpen: true, _table);
        await _table.Asked.Task;

        var settled = lease.DisposeAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        await settled;

        Assert.Equal(Usage.OneRequest, Assert.Single(_table.Settled));
        _table.Answer.SetResult(null);
    }

    [Fact]
    public async Task Dispose_RejectedByThisProcess_ReturnsNothing()
    {
        var counters = new LocalUsageCounters(_time);
        var (first, second) = (Create(isOpen: true, shared: null, counters), Create(isOpen: true, shared: null, counters));
        Assert.Equal(FailureKind.LimitReached, second.Failure!.Kind);

        await second.DisposeAsync();

        Assert.NotNull(Create(isOpen: true, shared: null, counters).Failure);
        await first.DisposeAsync();
        await using var next = Create(isOpen: true, shared: null, counters);
        Assert.Null(next.Failure);
    }

    [Fact]
    public async Task Create_TableHasJustRejected_IsRejectedWithoutAQuery()
    {
        var counters = new LocalUsageCounters(_time);
        await using (var lease = Create(isOpen: true, _table, counters))
        {
            _table.Answer.SetResult(new LimitExceeded(LimitPartition.OfKey("a"), LimitKind.TokensPerDay, 100, TimeSpan.FromHours(3)));
            Assert.False(await lease.WaitForDecisionAsync());
        }

        Assert.Equal(FailureKind.LimitReached, Create(isOpen: true, shared: null, counters).Failure!.Kind);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Create(isOpen: true, shared: null, counters).Failure);
    }

    private static Task StoppedAsync(UsageLease lease)
    {
        var stopped = new TaskCompletionSource();
        lease.Stop.Register(stopped.SetResult);
        return stopped.Task;
    }

    private UsageLease Create(bool isOpen, ISharedReservation? shared, LocalUsageCounters? counters = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("LIMITS_FAILURE", isOpen ? "open" : "closed")]).Build();
        var limits = new LimitSet { Streams = 1, TokensPerDay = 100 };
        var model = new Model("r1", [], "");
        var reservation = Reservation.Of(LimitPartition.OfKey("a"), limits, ofModel: null, model, new TokenEstimate(10, 10),
            _time.GetUtcNow());
        return new UsageLease(reservation, counters
            ?? new LocalUsageCounters(_time), shared, LimitSettings.Read(configuration), _time, "id-1", NullLogger.Instance);
    }

    private sealed class ScriptedReservation : ISharedReservation
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource<LimitExceeded?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Usage> Settled { get; } = [];

        public Exception? SettlementError { get; set; }
        public bool IgnoresCancellation { get; set; }

        public Task<LimitExceeded?> TakeAsync(CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            return Answer.Task.WaitAsync(IgnoresCancellation ? CancellationToken.None : cancellationToken);
        }

        public Task SettleAsync(Usage actual, CancellationToken cancellationToken)
        {
            Settled.Add(actual);
            return SettlementError is { } error ? Task.FromException(error) : Task.CompletedTask;
        }
    }
}
