using System.Text.Json;
using LambdaChat.Hosting;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace LambdaChat.Authentication.Jwt;

/// <summary>
/// The issuer's signing keys, fetched at start and every hour in the background, so that tokens of a known key do not wait. A token of an
/// unknown key, as after a rotation, waits for one more fetch. If the keys are two hours old, every token waits for one. Forged tokens
/// cause at most one such fetch in 30 seconds, and in two seconds after a failure. Under SnapStart the keys are fetched after the restore
/// only: keys and connections of a snapshot are old.
/// </summary>
internal sealed partial class SigningKeys(
    JwtSettings settings, IDocumentRetriever documents, TimeProvider timeProvider, ILogger<SigningKeys> logger)
    : IConfigurationManager<OpenIdConnectConfiguration>, IHostedService, ISnapshotHook
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);
    private static readonly TimeSpan ExtraPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile OpenIdConnectConfiguration? _current;
    private volatile bool _hasFailed; // The last fetch.
    private DateTimeOffset _due = DateTimeOffset.MinValue;
    private DateTimeOffset _fetched = DateTimeOffset.MinValue; // Of the current keys. Before it, the clock was set back.
    private DateTimeOffset _started = DateTimeOffset.MinValue; // Of the last fetch.
    private DateTimeOffset _nextExtra = DateTimeOffset.MinValue;
    private Task _fetch = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Fetch(isExtra: false);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task BeforeSnapshotAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AfterRestoreAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    /// <summary>Waits until the key is available or a fetch has ended without it.</summary>
    /// <param name="keyId">Null for any key.</param>
    /// <returns>False if the key is not available because the last fetch failed.</returns>
    public async Task<bool> LoadAsync(string? keyId, CancellationToken cancellationToken)
    {
        var isKnown = Has(keyId);
        var isOutdated = !_hasFailed && IsOutdated();
        var fetch = Fetch(isExtra: !isKnown && _current is not null);
        if (!isKnown || isOutdated)
        {
            await fetch.WaitAsync(cancellationToken);
        }

        return isKnown || !_hasFailed || Has(keyId);
    }

    /// <summary>Called by the bearer handler, after <see cref="LoadAsync"/>.</summary>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Task.FromResult(_current ?? throw new InvalidOperationException("No signing keys are loaded."));

    /// <summary>Fetches again in the background. The handler calls it if a token names no key and no key fits.</summary>
    public void RequestRefresh() => Fetch(isExtra: true);

    private bool Has(string? keyId)
    {
        if (_current is not { } current)
        {
            return false;
        }

        if (keyId is null)
        {
            return true;
        }

        foreach (var key in current.SigningKeys)
        {
            if (key.KeyId == keyId)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOutdated()
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            return now < _fetched || now - _fetched >= 2 * Age; // As after a freeze of hours.
        }
    }

    private Task Fetch(bool isExtra)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            if (!_fetch.IsCompleted || (now >= _started && now < (isExtra ? _nextExtra : _due)))
            {
                return _fetch;
            }

            _nextExtra = now < _started ? DateTimeOffset.MinValue : _nextExtra;
            _started = now;
            _due = now + FailurePause;
            _nextExtra = isExtra ? now + ExtraPause : _nextExtra;
            return _fetch = Task.Run(FetchAsync);
        }
    }

    private async Task FetchAsync()
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, timeProvider);
        try
        {
            var found = await OpenIdConnectConfigurationRetriever.GetAsync(settings.MetadataAddress, documents, timeout.Token);
            Take(found);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException
            or InvalidOperationException or ArgumentException or JsonException)
        {
            Fail(exception.GetType().Name);
        }
    }

    private void Take(OpenIdConnectConfiguration found)
    {
        // "The issuer value returned MUST be identical to the Issuer URL that was used as the prefix to /.well-known/openid-configuration".
        if (found.Issuer?.TrimEnd('/') != settings.Issuer.OriginalString.TrimEnd('/') || found.SigningKeys.Count == 0)
        {
            Fail(found.SigningKeys.Count == 0 ? "no keys" : "another issuer's metadata");
            return;
        }

        lock (_lock)
        {
            _fetched = timeProvider.GetUtcNow();
            _due = _fetched + Age;
            _current = found;
            _hasFailed = false;
        }
    }

    private void Fail(string reason)
    {
        NotFetched(reason);
        lock (_lock)
        {
            _nextExtra = timeProvider.GetUtcNow() + FailurePause; // A failure must not refuse the tokens of a new key for longer.
            _hasFailed = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The signing keys of JWT_ISSUER could not be fetched: {Reason}.")]
    private partial void NotFetched(string reason);
}
