using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>The environments of a function: one for each request at once, or for several, kept for the next.</summary>
internal sealed class EnvironmentPool(LambdaOptions options) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ExecutionEnvironment> _idle = [];
    private readonly HashSet<ExecutionEnvironment> _all = [];
    private int _starting;
    private bool _isDisposed;

    /// <summary>All environments that are alive.</summary>
    public IReadOnlyList<ExecutionEnvironment> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>An environment for one request; null where the cap is reached.</summary>
    /// <exception cref="LocalException">A new one does not start.</exception>
    public async Task<ExecutionEnvironment?> AcquireAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (TakeIdle() is { } idle)
            {
                return idle;
            }

            if (_isDisposed || _all.Count + _starting >= options.MaxEnvironments)
            {
                return null;
            }

            _starting++;
        }

        ExecutionEnvironment? started = null;
        try
        {
            started = await ExecutionEnvironment.StartAsync(options, cancellationToken);
            started.Leases = 1;
            return started;
        }
        finally
        {
            await AddAsync(started);
        }
    }

    /// <summary>Gives an environment back; one that has crashed is replaced by the next request.</summary>
    public async ValueTask ReleaseAsync(ExecutionEnvironment environment)
    {
        lock (_lock)
        {
            environment.Leases--;
            _idle.Remove(environment);
            if (environment.IsAlive && !_isDisposed && options.Reuse != EnvironmentReuse.Never)
            {
                _idle.AddLast(environment);
                return;
            }

            _all.Remove(environment);
            if (environment.Leases > 0)
            {
                return; // Who is still in it gives it back, too.
            }
        }

        await environment.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        ExecutionEnvironment[] all;
        lock (_lock)
        {
            _isDisposed = true;
            all = [.. _all];
            _all.Clear();
            _idle.Clear();
        }

        await Task.WhenAll(all.Select(environment => environment.DisposeAsync().AsTask())); // At once: none is to outlive another and complain.
    }

    private ExecutionEnvironment? TakeIdle()
    {
        while (_idle.Count > 0)
        {
            var environment = options.Reuse == EnvironmentReuse.Oldest ? _idle.First!.Value : _idle.Last!.Value;
            _idle.Remove(environment);
            if (!environment.Exited.IsCompleted)
            {
                environment.Leases++;
                MakeRoom(environment);
                return environment;
            }

            _all.Remove(environment);
            _ = environment.DisposeAsync().AsTask();
        }

        return null;
    }

    // One that takes several requests at once is idle until it has them all.
    private void MakeRoom(ExecutionEnvironment environment)
    {
        if (environment.Leases < options.Concurrency)
        {
            _idle.AddFirst(environment);
        }
    }

    private async ValueTask AddAsync(ExecutionEnvironment? started)
    {
        lock (_lock)
        {
            _starting--;
            if (started is null || !_isDisposed)
            {
                if (started is not null)
                {
                    _all.Add(started);
                    MakeRoom(started);
                }

                return;
            }
        }

        await started.DisposeAsync();
    }
}
