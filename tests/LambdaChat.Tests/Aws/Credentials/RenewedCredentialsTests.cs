using LambdaChat.Aws.Credentials;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Aws.Credentials;

public sealed class RenewedCredentialsTests : IDisposable
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
                _fetches++;
                return new ExpiringCredentials(new AwsCredentials(await _fetch(), "s", "t"), _time.GetUtcNow() + TimeSpan.FromHours(1));
            },
            _time);
    }

    public void Dispose() => _credentials.Dispose();

    [Fact]
    public async Task Get_WhileValid_FetchesOnce()
    {
        Assert.Equal("key 1", await GetAsync());
        _time.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("key 1", await GetAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("key 2", await GetAsync());
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
    public async Task Get_DuringAFetch_ReturnsTheOldCredentials()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(56));
        var fetched = new TaskCompletionSource<string>();
        _fetch = () => fetched.Task;
        var renewing = GetAsync();

        Assert.Equal("key 1", await GetAsync());
        fetched.SetResult("new");
        Assert.Equal(("new", "new"), (await renewing, await GetAsync()));
    }

    [Fact]
    public async Task Get_RenewalFails_ReturnsTheOldCredentialsWhileValid()
    {
        await GetAsync();
        _fetch = () => throw new CredentialsException(new IOException());
        _time.Advance(TimeSpan.FromMinutes(56));

        Assert.Equal("key 1", await GetAsync());
        Assert.Equal("key 1", await GetAsync());
        Assert.Equal(2, _fetches); // Not for each request.

        _time.Advance(TimeSpan.FromMinutes(4));
        await Assert.ThrowsAsync<CredentialsException>(GetAsync);
        _fetch = () => Task.FromResult("new");
        Assert.Equal("new", await GetAsync());
    }

    [Fact]
    public async Task Forget_NextGet_FetchesNewCredentials()
    {
        await GetAsync();
        _credentials.Forget();

        Assert.Equal("key 2", await GetAsync());
    }

    private async Task<string> GetAsync() => (await _credentials.GetAsync(TestContext.Current.CancellationToken)).AccessKeyId;
}
