using LambdaChat.Errors;
using LambdaChat.Limits;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Limits;

/// <summary>What a request hears of its limits, and when: the table is a script, the time is the test's.</summary>
public sealed class PermitTests
{
    private static readonly TimeSpan JustBefore = Permit.Patience - TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 20, 58, 30, TimeSpan.Zero));
    private readonly ScriptedBooking _stored = new();

    [Fact]
    public async Task OpenAsync_WithoutTable_NeedsNobody()
    {
        await using var permit = Create(isOpen: true, stored: null);

        Assert.True(await permit.OpenAsync());
        Assert.Equal((StoreVerdict.None, false), (permit.Verdict, permit.Stop.CanBeCanceled));
    }

    [Fact]
    public async Task OpenAsync_TableAnswersInTime_Opens()
    {
        await using var permit = Create(isOpen: true, _stored);
        var open = permit.OpenAsync().AsTask();
        _time.Advance(JustBefore);
        Assert.False(open.IsCompleted);

        _stored.Answer.SetResult(null);

        Assert.True(await open);
        Assert.Equal(StoreVerdict.InTime, permit.Verdict);
    }

    [Fact]
    public async Task OpenAsync_TableRefuses_StopsTheCall()
    {
        await using var permit = Create(isOpen: true, _stored);
        var open = permit.OpenAsync().AsTask();

        _stored.Answer.SetResult(new Refusal(Subject.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));

        Assert.False(await open);
        Assert.Equal((StoreVerdict.Refused, RelayError.LimitReached), (permit.Verdict, permit.Failure!.Error));
        await StoppedAsync(permit);
    }

    [Theory]
    [InlineData(true, nameof(StoreVerdict.LateOpen))]
    [InlineData(false, nameof(StoreVerdict.LateClosed))]
    public async Task OpenAsync_TableIsLate_IsAsConfigured(bool isOpen, string verdict)
    {
        await using var permit = Create(isOpen, _stored);
        var open = permit.OpenAsync().AsTask();
        _time.Advance(JustBefore);
        Assert.False(open.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(isOpen, await open);
        Assert.Equal((verdict, isOpen ? null : RelayError.LimitsUnknown), (permit.Verdict.ToString(), permit.Failure?.Error));
        _stored.Answer.SetResult(new Refusal(Subject.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task OpenAsync_TableRefusesAfterTheFirstByte_ChangesNothing()
    {
        var permit = Create(isOpen: true, _stored);
        var open = permit.OpenAsync().AsTask();
        _time.Advance(Permit.Patience);
        Assert.True(await open);

        _stored.Answer.SetResult(new Refusal(Subject.OfKey("a"), LimitKind.Streams, 1, TimeSpan.FromSeconds(2)));
        permit.Note(new Spent(1, 7, 0));
        await permit.DisposeAsync();

        Assert.Equal((StoreVerdict.LateOpen, null), (permit.Verdict, permit.Failure));
        Assert.Equal(new Spent(1, 7, 0), Assert.Single(_stored.Settled)); // It was used, allowed or not.
    }

    [Theory]
    [InlineData(true, nameof(StoreVerdict.FailedOpen))]
    [InlineData(false, nameof(StoreVerdict.FailedClosed))]
    public async Task OpenAsync_TableFails_IsAsConfigured(bool isOpen, string verdict)
    {
        await using var permit = Create(isOpen, _stored);

        _stored.Answer.SetException(new HttpRequestException());

        Assert.Equal(isOpen, await permit.OpenAsync());
        Assert.Equal(verdict, permit.Verdict.ToString());
    }

    [Fact]
    public async Task Dispose_TableNeverAnswers_EndsAfterItsTime()
    {
        var permit = Create(isOpen: true, _stored);
        await _stored.Asked.Task;

        var settled = permit.DisposeAsync().AsTask();
        Assert.False(settled.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        await settled;
    }

    [Fact]
    public async Task Dispose_RefusedByThisProcess_GivesNothingBack()
    {
        var ledger = new Ledger(_time);
        var (first, second) = (Create(isOpen: true, stored: null, ledger), Create(isOpen: true, stored: null, ledger));
        Assert.Equal(RelayError.LimitReached, second.Failure!.Error);

        await second.DisposeAsync();

        Assert.NotNull(Create(isOpen: true, stored: null, ledger).Failure);
        await first.DisposeAsync();
        await using var next = Create(isOpen: true, stored: null, ledger);
        Assert.Null(next.Failure);
    }

    [Fact]
    public async Task TableHasRefused_ForAMomentNobodyIsLetThrough()
    {
        var ledger = new Ledger(_time);
        await using (var permit = Create(isOpen: true, _stored, ledger))
        {
            _stored.Answer.SetResult(new Refusal(Subject.OfKey("a"), LimitKind.TokensPerDay, 100, TimeSpan.FromHours(3)));
            Assert.False(await permit.OpenAsync());
        }

        Assert.Equal(RelayError.LimitReached, Create(isOpen: true, stored: null, ledger).Failure!.Error);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Create(isOpen: true, stored: null, ledger).Failure);
    }

    private static Task StoppedAsync(Permit permit)
    {
        var stopped = new TaskCompletionSource();
        permit.Stop.Register(stopped.SetResult);
        return stopped.Task;
    }

    private Permit Create(bool isOpen, IStoredBooking? stored, Ledger? ledger = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("STORE_FAILURE", isOpen ? "open" : "closed")]).Build();
        var limits = new LimitSet { Streams = 1, TokensPerDay = 100 };
        var model = new Model("r1", [], "");
        var booking = Booking.Of([new(Subject.OfKey("a"), limits)], model, new TokenEstimate(10, 10), _time.GetUtcNow());
        return new Permit(booking, ledger ?? new Ledger(_time), stored, LimitSettings.Read(configuration), _time, NullLogger.Instance);
    }

    private sealed class ScriptedBooking : IStoredBooking
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource<Refusal?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Spent> Settled { get; } = [];

        public Task<Refusal?> TakeAsync(CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            return Answer.Task.WaitAsync(cancellationToken);
        }

        public Task SettleAsync(Spent actual, CancellationToken cancellationToken)
        {
            Settled.Add(actual);
            return Task.CompletedTask;
        }
    }
}
