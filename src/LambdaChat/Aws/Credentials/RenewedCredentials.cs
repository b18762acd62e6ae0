namespace LambdaChat.Aws.Credentials;

/// <summary>
/// Caches temporary credentials and renews them before they expire. Concurrent callers share one fetch. If a fetch fails, the old
/// credentials are used until they expire. Thread-safe.
/// </summary>
/// <param name="fetch">Fetches new credentials. Throws <see cref="CredentialsException"/> if there are none.</param>
internal sealed class RenewedCredentials(Func<CancellationToken, Task<ExpiringCredentials>> fetch, TimeProvider timeProvider)
    : ICredentialSource, IDisposable
{
    /// <summary>The remaining lifetime at which credentials are renewed. A call may be retried for minutes.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    /// <summary>The minimum time between two fetches while the credentials are valid.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _fetching = new(1);
    private volatile ExpiringCredentials? _current;
    private DateTimeOffset _fetched;

    public async ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken)
    {
        var current = _current;
        if (TimeLeft(current) > Reserve)
        {
            return current!.Credentials;
        }

        // Wait for a fetch in progress only if the old credentials have expired.
        if (!await _fetching.WaitAsync(TimeLeft(current) > TimeSpan.Zero ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken))
        {
            return current!.Credentials;
        }

        try
        {
            return await RenewAsync(cancellationToken);
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>Discards the credentials, so that the next call fetches new ones.</summary>
    public void Forget() => _current = null;

    public void Dispose() => _fetching.Dispose();

    private async Task<AwsCredentials> RenewAsync(CancellationToken cancellationToken)
    {
        var current = _current;
        var isValid = TimeLeft(current) > TimeSpan.Zero;
        if (TimeLeft(current) > Reserve || (isValid && timeProvider.GetUtcNow() < _fetched + Pause))
        {
            return current!.Credentials;
        }

        try
        {
            _fetched = timeProvider.GetUtcNow();
            var fetched = await fetch(cancellationToken);
            _current = fetched;
            return fetched.Credentials;
        }
        catch (CredentialsException) when (isValid)
        {
            return current!.Credentials;
        }
    }

    private TimeSpan TimeLeft(ExpiringCredentials? credentials) =>
        credentials is null ? TimeSpan.Zero : credentials.Expires - timeProvider.GetUtcNow();
}
