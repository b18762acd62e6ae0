using LambdaChat.Authentication.SecretsManager;
using LambdaChat.Configuration;
using LambdaChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Authentication.SecretsManager;

/// <summary>When a secret is read again, and which keys are valid meanwhile.</summary>
public sealed class SecretsManagerKeysTests : IDisposable
{
    private const string HashOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    private const string HashOfB = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

    private readonly FakeTimeProvider _time = new();
    private readonly Loopback _extension;
    private readonly ParametersAndSecretsClient _client;
    private readonly SecretsManagerKeys _keys;
    private int _notReady;
    private volatile string? _secret = $"alice={HashOfA}";
    private volatile TaskCompletionSource _asked = new();

    public SecretsManagerKeysTests()
    {
        _extension = new Loopback(_ =>
        {
            if (Interlocked.Decrement(ref _notReady) >= 0)
            {
                return Loopback.Json("not ready to serve traffic, please wait", 400);
            }

            var answer = _secret is { } secret ? Loopback.Json($$"""{"SecretString":"{{secret}}"}""") : Loopback.Json("{}", 500);
            _asked.TrySetResult();
            return answer;
        });
        _client = new ParametersAndSecretsClient(_extension.Address);
        var settings = new SecretsManagerSettings([new("API_KEYS_SECRET", "/secretsmanager/get?secretId=x")], _extension.Address,
            TimeSpan.FromMinutes(5));
        _keys = new SecretsManagerKeys(settings, _client, _time, NullLogger<SecretsManagerKeys>.Instance);
    }

    public void Dispose()
    {
        _client.Dispose();
        _extension.Dispose();
    }

    [Fact]
    public async Task Secret_Changed_TakesEffectAfterTheCacheTime()
    {
        Assert.True(await IsAcceptedAsync("a"));
        _secret = $"bob={HashOfB}";
        Assert.False(await IsAcceptedAsync("b"));

        await RefreshAsync();
        while (!await IsAcceptedAsync("b")) // Until the background read completes.
        {
            await Task.Yield();
        }

        Assert.False(await IsAcceptedAsync("a"));
    }

    [Fact]
    public async Task Secret_Unreadable_KeepsTheOldKeys()
    {
        Assert.True(await IsAcceptedAsync("a"));
        _secret = null;

        await RefreshAsync();

        Assert.True(await IsAcceptedAsync("a"));
        _secret = "no keys at all";
        await RefreshAsync();
        Assert.True(await IsAcceptedAsync("a"));
    }

    [Fact]
    public async Task Key_RemovedDuringAFreeze_IsRejectedAtOnce()
    {
        Assert.True(await IsAcceptedAsync("a"));
        _secret = $"bob={HashOfB}";
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.False(await IsAcceptedAsync("a"));
        Assert.True(await IsAcceptedAsync("b"));
    }

    [Fact]
    public async Task Key_RemovedBeforeTheClockIsSetBack_IsRejected()
    {
        Assert.True(await IsAcceptedAsync("a"));
        _secret = $"bob={HashOfB}";
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(1));

        Assert.False(await IsAcceptedAsync("a"));
        Assert.True(await IsAcceptedAsync("b"));
    }

    [Fact]
    public async Task Keys_OlderThanTwiceTheCacheTime_StayValidIfTheReadFails()
    {
        Assert.True(await IsAcceptedAsync("a"));
        _secret = null;
        _time.Advance(TimeSpan.FromHours(3));

        Assert.True(await IsAcceptedAsync("a"));
        _secret = $"bob={HashOfB}";
        Assert.True(await IsAcceptedAsync("a")); // No read within 5 s of a failed one.
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await IsAcceptedAsync("a"));
    }

    [Fact]
    public async Task Extension_StartingAfterAFreeze_IsAwaited()
    {
        _notReady = 5;
        var isAccepted = IsAcceptedAsync("a");

        while (!isAccepted.IsCompleted)
        {
            _time.Advance(TimeSpan.FromHours(1)); // The clock jumps when Lambda resumes a frozen environment.
            await Task.Yield();
        }

        Assert.True(await isAccepted);
    }

    [Theory]
    [InlineData("API_KEYS_SECRET")]
    [InlineData("API_KEYS_PARAMETER")]
    public void SnapStart_IsRefusedAtStart(string variable)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [variable] = "keys" }).Build();

        var error = Assert.Throws<ConfigurationException>(() => SecretsManagerSettings.Read(configuration, isSnapStart: true));

        Assert.StartsWith("API_KEYS_SECRET and API_KEYS_PARAMETER cannot be used with SnapStart", error.Message, StringComparison.Ordinal);
        Assert.NotNull(SecretsManagerSettings.Read(configuration, isSnapStart: false));
    }

    private async Task RefreshAsync()
    {
        _asked = new TaskCompletionSource();
        while (!_asked.Task.IsCompleted) // The previous read may have just scheduled the next one.
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            Assert.True((await _keys.ValidateAsync(new DefaultHttpContext(), "a")) is not { IsUnavailable: true });
            await Task.Yield();
        }
    }

    private async Task<bool> IsAcceptedAsync(string key) => (await _keys.ValidateAsync(new DefaultHttpContext(), key))?.Caller is not null;
}
