using System.Collections.Concurrent;
using System.Security.Cryptography;
using LambdaChat.Authentication.Jwt;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols;

namespace LambdaChat.Tests.Authentication.Jwt;

/// <summary>When the signing keys are fetched, and which requests wait.</summary>
public sealed class SigningKeysTests
{
    private static readonly JwtSettings Settings = new(new Uri("https://issuer.example.com/"), ["aud"], [], Claim: null);

    private readonly FakeTimeProvider _time = new();
    private readonly Documents _documents = new();
    private readonly SigningKeys _keys;

    public SigningKeysTests() => _keys = new SigningKeys(Settings, _documents, _time, NullLogger<SigningKeys>.Instance);

    [Fact]
    public async Task Load_KnownKey_DoesNotWait()
    {
        await LoadAsync("one");
        _documents.Hold();
        _time.Advance(TimeSpan.FromMinutes(61));

        var load = _keys.LoadAsync("one", TestContext.Current.CancellationToken);

        Assert.True(load.IsCompletedSuccessfully);
        Assert.True(await load);
        await _documents.Asked(2);
        _documents.KeyId = "two";
        _documents.Release();
        Assert.True(await _keys.LoadAsync("two", TestContext.Current.CancellationToken));
        Assert.Equal(2, _documents.Fetches);
    }

    [Fact]
    public async Task Load_KeyRemovedDuringAFreeze_WaitsForTheFetch()
    {
        await LoadAsync("one");
        _documents.KeyId = "two";
        _time.Advance(TimeSpan.FromHours(2));

        await LoadAsync("one");

        Assert.Equal("two", Assert.Single((await _keys.GetConfigurationAsync(TestContext.Current.CancellationToken)).SigningKeys).KeyId);
    }

    [Fact]
    public async Task Load_KeyRemovedBeforeTheClockIsSetBack_WaitsForTheFetch()
    {
        await LoadAsync("one");
        _documents.KeyId = "two";
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(1));

        await LoadAsync("one");

        Assert.Equal("two", Assert.Single((await _keys.GetConfigurationAsync(TestContext.Current.CancellationToken)).SigningKeys).KeyId);
    }

    [Fact]
    public async Task Load_NewKey_WaitsForOneFetch()
    {
        await LoadAsync("one");
        _documents.KeyId = "two";
        _documents.Hold();

        var load = _keys.LoadAsync("two", TestContext.Current.CancellationToken);
        await _documents.Asked(2);
        Assert.False(load.IsCompleted);
        _documents.Release();

        Assert.True(await load);
        Assert.Equal("two", Assert.Single((await _keys.GetConfigurationAsync(TestContext.Current.CancellationToken)).SigningKeys).KeyId);
    }

    [Fact]
    public async Task Load_ForgedKeys_FetchOnceIn30Seconds()
    {
        await LoadAsync("one");

        for (var i = 0; i < 10; i++)
        {
            await LoadAsync($"forged-{i}");
        }

        Assert.Equal(2, _documents.Fetches);
        _time.Advance(TimeSpan.FromSeconds(31));
        await LoadAsync("forged-again");
        Assert.Equal(3, _documents.Fetches);
    }

    [Fact]
    public async Task Load_IssuerDown_IsFalseUntilItIsUp()
    {
        _documents.IsDown = true;
        Assert.False(await _keys.LoadAsync("one", TestContext.Current.CancellationToken));
        _documents.IsDown = false;
        Assert.False(await _keys.LoadAsync("one", TestContext.Current.CancellationToken)); // Within the pause after a failure.

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.True(await _keys.LoadAsync("one", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Load_IssuerDownLater_KeepsTheKeys()
    {
        await LoadAsync("one");
        _documents.IsDown = true;
        _time.Advance(TimeSpan.FromHours(5));

        Assert.True(await _keys.LoadAsync("one", TestContext.Current.CancellationToken));
        Assert.False(await _keys.LoadAsync("two", TestContext.Current.CancellationToken));
        Assert.True(await _keys.LoadAsync("one", TestContext.Current.CancellationToken));
        Assert.Equal("one", Assert.Single((await _keys.GetConfigurationAsync(TestContext.Current.CancellationToken)).SigningKeys).KeyId);
    }

    [Fact]
    public async Task Load_IssuerDownAfterARotation_AcceptsTheNewKeySoonAfter()
    {
        await LoadAsync("one");
        _documents.KeyId = "two";
        _documents.IsDown = true;
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await _keys.LoadAsync("two", TestContext.Current.CancellationToken));
        }

        Assert.Equal(2, _documents.Fetches); // Later requests within the pause do not ask again.
        _documents.IsDown = false;
        _time.Advance(TimeSpan.FromSeconds(2));
        await LoadAsync("two");
        Assert.Equal("two", Assert.Single((await _keys.GetConfigurationAsync(TestContext.Current.CancellationToken)).SigningKeys).KeyId);
        await LoadAsync("forged");
        Assert.Equal(3, _documents.Fetches);
    }

    [Fact]
    public async Task SnapStart_FetchesOnlyAfterTheRestore()
    {
        await using var provider = AddJwt(isSnapStart: true);

        Assert.Empty(provider.GetServices<IHostedService>().OfType<SigningKeys>());
        var hook = Assert.IsType<SigningKeys>(Assert.Single(provider.GetServices<ISnapshotHook>()));
        await hook.BeforeSnapshotAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _documents.Fetches);
        await hook.AfterRestoreAsync(TestContext.Current.CancellationToken);

        await _documents.Asked(1);
    }

    [Fact]
    public async Task WithoutSnapStart_FetchesAtStart()
    {
        await using var provider = AddJwt(isSnapStart: false);

        Assert.Empty(provider.GetServices<ISnapshotHook>());
        await Assert.Single(provider.GetServices<IHostedService>().OfType<SigningKeys>()).StartAsync(TestContext.Current.CancellationToken);

        await _documents.Asked(1);
    }

    [Theory]
    [InlineData("team.alice.2026")]
    [InlineData("nk-team.alice.2026")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    public async Task Validate_KeyWithTwoDots_IsNotAToken(string key)
    {
        Assert.Null(await new JwtValidator(Settings, _keys).ValidateAsync(new DefaultHttpContext(), key));
        Assert.Equal(0, _documents.Fetches);
    }

    private ServiceProvider AddJwt(bool isSnapStart)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddJwt(Settings, isSnapStart);
        services.AddSingleton<IDocumentRetriever>(_documents);
        return services.BuildServiceProvider();
    }

    private async Task LoadAsync(string keyId) => Assert.True(await _keys.LoadAsync(keyId, TestContext.Current.CancellationToken));

    private sealed class Documents : IDocumentRetriever
    {
        private readonly string _modulus = System.Buffers.Text.Base64Url.EncodeToString(RSA.Create(2048).ExportParameters(false).Modulus!);
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _asked = new();
        private TaskCompletionSource? _gate;
        private int _fetches;

        public string KeyId { get; set; } = "one";

        public bool IsDown { get; set; }

        public int Fetches => _fetches;

        public void Hold() => _gate = new TaskCompletionSource();

        public void Release() => _gate!.SetResult();

        public Task Asked(int times) => _asked.GetOrAdd(times, _ => new TaskCompletionSource()).Task.WaitAsync(TimeSpan.FromMinutes(1));

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (!address.EndsWith("/keys", StringComparison.Ordinal))
            {
                Assert.Equal("https://issuer.example.com/.well-known/openid-configuration", address);
                var count = Interlocked.Increment(ref _fetches);
                _asked.GetOrAdd(count, _ => new TaskCompletionSource()).TrySetResult();
                await (_gate?.Task ?? Task.CompletedTask);
                return IsDown
                    ? throw new IOException()
                    : """{"issuer":"https://issuer.example.com/","jwks_uri":"https://issuer.example.com/keys"}""";
            }

            return $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"{{KeyId}}","n":"{{_modulus}}","e":"AQAB"}]}""";
        }
    }
}
