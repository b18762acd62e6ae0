using System.Runtime.ExceptionServices;

namespace LambdaChat.Aws.Credentials;

/// <summary>
/// Caches temporary credentials and renews them before they expire. Concurrent callers share one fetch and its failure; a fetch continues
/// if a caller cancels. Callers wait for a fetch only if the old credentials expire within a minute or have expired. Thread-safe.
/// </summary>
/// <param name="fetch">Fetches new credentials. Throws <see cref="CredentialsException"/> if there are none.</param>
internal sealed class RenewedCredentials(Func<CancellationToken, Task<ExpiringCredentials>> fetch, TimeProvider timeProvider)
    : ICredentialSource
{
    /// <summary>The remaining lifetime at which credentials are renewed. A call may be retried for minutes.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    /// <summary>AWS's clock may be ahead, so that callers wait for new credentials.</summary>
    private static readonly TimeSpan LastMinute = TimeSpan.FromMinutes(1);

    /// <summary>The minimum time between two fetches while the credentials are valid.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>How long callers without valid credentials get the last failure. Less than the pause before their next attempt.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(150);

    /// <summary>STS has three attempts of 5 s.</summary>
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private volatile ExpiringCredentials? _current;
    private Fetch? _last;

    public ValueTask<AwsCredentials> GetAsync(CancellationToken cancellationToken)
    {
        var current = _current;
        var left = TimeLeft(current);
        if (left > Reserve)
        {
            return ValueTask.FromResult(current!.Credentials);
        }

        var renewal = FetchOnce(left > TimeSpan.Zero ? Pause : FailurePause);
        return left > LastMinute
            ? ValueTask.FromResult(current!.Credentials)
            : new(WaitAsync(renewal, left > TimeSpan.Zero ? current : null, cancellationToken));
    }

    /// <summary>Discards the credentials and those of a fetch in progress, so that the next call fetches new ones.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            (_current, _last) = (null, null);
        }
    }

    private static async Task<AwsCredentials> WaitAsync(Task<Result> fetch, ExpiringCredentials? old, CancellationToken cancellationToken)
    {
        var (fetched, failure) = await fetch.WaitAsync(cancellationToken);
        if ((fetched ?? old) is { } credentials)
        {
            return credentials.Credentials;
        }

        failure!.Throw();
        throw failure.SourceException;
    }

    // Returns the fetch in progress, or the last one until the pause after it is over.
    private Task<Result> FetchOnce(TimeSpan pause)
    {
        lock (_lock)
        {
            if (_last is null || (_last.End is { } end && timeProvider.GetElapsedTime(end) >= pause))
            {
                var started = _last = new Fetch();
                started.Task = Task.Run(() => RunAsync(started));
            }

            return _last.Task;
        }
    }

    private async Task<Result> RunAsync(Fetch started)
    {
        ExpiringCredentials? fetched = null;
        try
        {
            fetched = await FetchAsync();
            return new Result(fetched, Failure: null);
        }
        catch (CredentialsException exception)
        {
            return new Result(Credentials: null, ExceptionDispatchInfo.Capture(exception));
        }
        finally
        {
            lock (_lock)
            {
                started.End = timeProvider.GetTimestamp();
                _current = started == _last && fetched is not null ? fetched : _current;
            }
        }
    }

    private async Task<ExpiringCredentials> FetchAsync()
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, timeProvider);
        try
        {
            return await fetch(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new CredentialsException(exception) { Problem = CredentialsProblem.Unreachable };
        }
    }

    private TimeSpan TimeLeft(ExpiringCredentials? credentials) =>
        credentials is null ? TimeSpan.Zero : credentials.Expires - timeProvider.GetUtcNow();

    // A failure is a result: if the task failed and no caller awaited it, the runtime would report an unobserved exception.
    private sealed record Result(ExpiringCredentials? Credentials, ExceptionDispatchInfo? Failure);

    private sealed class Fetch
    {
        public Task<Result> Task { get; set; } = null!;

        /// <summary>When it ended; null while it runs.</summary>
        public long? End { get; set; }
    }
}
