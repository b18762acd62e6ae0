namespace LambdaChat.Aws.Credentials;

/// <summary>
/// Keeps the credentials of a session and has new ones fetched before they expire, once for all who ask at the same time. Where that
/// fails, the old ones serve as long as they are good. Many invocations may ask at once.
/// </summary>
/// <param name="fetch">Gets new ones; throws <see cref="CredentialsException"/> where there are none.</param>
internal sealed class RenewedCredentials(Func<CancellationToken, Task<ExpiringCredentials>> fetch, TimeProvider timeProvider) : ICredentialSource, IDisposable
{
    /// <summary>New ones are fetched when less than this is left: a call may be tried again for minutes.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    /// <summary>The shortest time between two fetches while there are good ones.</summary>
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

        // While the old ones are good nobody waits for who is fetching.
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

    /// <summary>Who asks next gets new ones.</summary>
    public void Forget() => _current = null;

    public void Dispose() => _fetching.Dispose();

    private async Task<AwsCredentials> RenewAsync(CancellationToken cancellationToken)
    {
        var current = _current;
        var isGood = TimeLeft(current) > TimeSpan.Zero;
        if (TimeLeft(current) > Reserve || (isGood && timeProvider.GetUtcNow() < _fetched + Pause))
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
        catch (CredentialsException) when (isGood)
        {
            return current!.Credentials;
        }
    }

    private TimeSpan TimeLeft(ExpiringCredentials? credentials) => credentials is null ? TimeSpan.Zero : credentials.Expires - timeProvider.GetUtcNow();
}
