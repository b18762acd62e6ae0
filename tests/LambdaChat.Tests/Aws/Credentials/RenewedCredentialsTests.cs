using LambdaChat.Aws.Credentials;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Aws.Credentials;

public sealed class RenewedCredentialsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RenewedCredentials _credentials;
    private Func<Task<string>> _fetch;
    private int _fetches;

    public RenewedCredentialsTests()
    {
        _fetch = () => Task.FromResult($"key {_fetches}");
        _credentials = new RenewedCredentials(
            async _ =>
            {
                Interlocked.Increment(ref _fetches);
                return new ExpiringCredentials(new AwsCredentials(await _fetch(), "s", "t"), _time.GetUtcNow() + TimeSpan.FromHours(1));
            },
            _time);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_WhileValid_FetchesOnce()
    {
        Assert.Equal("key 1", await GetAsync());
        _time.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("key 1", await GetAsync());
        Assert.Equal(1, _fetches);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_SoonBeforeTheEnd_RenewsInTheBackground()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(55));
        var fetched = new TaskCompletionSource<string>();
        _fetch = () => fetched.Task;

        Assert.Equal("key 1", await GetAsync());
        Assert.Equal("key 1", await GetAsync());
        fetched.SetResult("new");
        await WaitForAsync("new");

        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task Get_InTheLastMinute_WaitsForNewCredentials()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(59));
        var fetched = new TaskCompletionSource<string>();
        _fetch = () => fetched.Task;

        var get = GetAsync();
        Assert.False(get.IsCompleted);
        fetched.SetResult("new");

        Assert.Equal("new", await get);
    }

    [Fact]
    public async Task Get_InTheLastMinuteWithoutNewOnes_ReturnsTheOldCredentials()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(59));
        _fetch = () => throw new CredentialsException(new IOException());

        Assert.Equal("key 1", await GetAsync());
    }

    [Fact]
    public async Task Get_Concurrent_FetchesOnce()
    {
        var fetched = new TaskCompletionSource<string>();
        _fetch = () => fetched.Task;
        var all = Enumerable.Range(0, 10).Select(_ => GetAsync()).ToList();

        fetched.SetResult("key");

        Assert.All(await Task.WhenAll(all), key => Assert.Equal("key", key));
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task Get_Concurrent_SharesAFailureForAMoment()
    {
        var fetched = new TaskCompletionSource<string>();
        _fetch = () => fetched.Task;
        var all = Enumerable.Range(0, 10).Select(_ => GetAsync()).ToList();

        fetched.SetException(new CredentialsException(new IOException()) { Problem = CredentialsProblem.RoleDenied });

        foreach (var get in all)
        {
            Assert.Equal(CredentialsProblem.RoleDenied, (await Assert.ThrowsAsync<CredentialsException>(() => get)).Problem);
        }

        await Assert.ThrowsAsync<CredentialsException>(GetAsync);
        Assert.Equal(1, _fetches);

        _fetch = () => Task.FromResult("new");
        _time.Advance(TimeSpan.FromMilliseconds(150)); // The second attempt of a call comes later.
        Assert.Equal("new", await GetAsync());
    }

    [Fact]
    public async Task Get_OfACallerThatLeaves_GoesOnForTheOthers()
    {
        var fetched = new TaskCompletionSource<string>();
        _fetch = () => fetched.Task;
        using var leaving = new CancellationTokenSource();
        var first = _credentials.GetAsync(leaving.Token).AsTask();
        var second = GetAsync();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        fetched.SetResult("key");

        Assert.Equal("key", await second);
        Assert.Equal(1, _fetches);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_FetchWithoutEnd_FailsAfterItsTimeout()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fetch = () =>
        {
            started.SetResult();
            return new TaskCompletionSource<string>().Task;
        };
        var get = GetAsync();
        await started.Task.WaitAsync(Stop);
        while (!get.IsCompleted)
        {
            Stop.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(CredentialsProblem.Unreachable, (await Assert.ThrowsAsync<CredentialsException>(() => get)).Problem);
    }

    [Fact]
    public async Task Get_RenewalFails_ReturnsTheOldCredentialsWhileValid()
    {
        await GetAsync();
        var failed = new TaskCompletionSource<string>();
        _fetch = () => failed.Task;
        _time.Advance(TimeSpan.FromMinutes(56));

        Assert.Equal("key 1", await GetAsync()); // Does not wait for the failure.
        failed.SetException(new CredentialsException(new IOException()));
        Assert.Equal("key 1", await GetAsync());
        Assert.Equal("key 1", await GetAsync());

        _time.Advance(TimeSpan.FromMinutes(4));
        await Assert.ThrowsAsync<CredentialsException>(GetAsync);
        Assert.InRange(_fetches, 2, 3); // Not for each request.
        _fetch = () => Task.FromResult("new");
        _time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal("new", await GetAsync());
    }

    [Fact]
    public async Task Forget_NextGet_FetchesNewCredentials()
    {
        await GetAsync();
        _credentials.Forget();

        Assert.Equal("key 2", await GetAsync());
    }

    [Fact]
    public async Task Forget_DuringAFetch_DiscardsItsCredentials()
    {
        var (started, fetched) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        _fetch = () =>
        {
            started.SetResult();
            return fetched.Task;
        };
        var before = GetAsync();
        await started.Task.WaitAsync(Stop);
        _credentials.Forget();
        _fetch = () => Task.FromResult("new");
        fetched.SetResult("old");

        Assert.Equal(("old", "new"), (await before, await GetAsync()));
        Assert.Equal("new", await GetAsync());
    }

    private async Task WaitForAsync(string key)
    {
        while (await GetAsync() != key)
        {
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<string> GetAsync() => (await _credentials.GetAsync(Stop)).AccessKeyId;
}
