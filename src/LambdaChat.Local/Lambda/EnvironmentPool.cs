using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>The execution environments of a function. Each serves one invocation at a time, or several with concurrency.</summary>
internal sealed class EnvironmentPool(LambdaOptions options) : IAsyncDisposable
{
    // A client on the same machine sends its next request before the function has polled again. Lambda would nearly always have an
    // environment for it.
    private static readonly TimeSpan MaximumWait = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly LinkedList<ExecutionEnvironment> _idle = [];
    private readonly HashSet<ExecutionEnvironment> _all = [];
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _starting;
    private int _finishing; // Environments whose response is complete, and which have not polled again.
    private bool _isDisposed;

    /// <summary>The running environments.</summary>
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

    /// <summary>Returns an environment for one invocation, or null if the maximum number is running and busy.</summary>
    /// <exception cref="LocalException">A new environment fails to start.</exception>
    public async Task<ExecutionEnvironment?> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TakeIdleAsync(cancellationToken) is { } idle)
            {
                return idle;
            }

            Task released;
            lock (_lock)
            {
                if (!_isDisposed && TakeIdle() is { } ready)
                {
                    return ready; // It became ready after the first check.
                }

                // A starting environment may have room for several invocations.
                if (_isDisposed || _starting == 0 || options.Concurrency == 1)
                {
                    if (_isDisposed || _all.Count + _starting >= options.MaxEnvironments)
                    {
                        return null;
                    }

                    _starting++;
                    break;
                }

                released = _released.Task;
            }

            await released.WaitAsync(cancellationToken);
        }

        return await StartAsync(cancellationToken);
    }

    /// <summary>Returns an environment to the pool when it has polled again.</summary>
    public async Task ReleaseAsync(ExecutionEnvironment environment, Task idle)
    {
        Interlocked.Increment(ref _finishing);
        try
        {
            await idle;
        }
        finally
        {
            var release = ReleaseAsync(environment); // A request that finds no environment to wait for must find this one.
            Interlocked.Decrement(ref _finishing);
            await release;
        }
    }

    /// <summary>Returns an environment to the pool. A failed one is removed; the next request starts a new one.</summary>
    public async ValueTask ReleaseAsync(ExecutionEnvironment environment)
    {
        lock (_lock)
        {
            environment.Leases--;
            _idle.Remove(environment);
            SignalRelease();
            if (environment.IsAlive && !_isDisposed && options.Reuse != EnvironmentReuse.Never)
            {
                _idle.AddLast(environment);
                return;
            }

            _all.Remove(environment);
            if (environment.Leases > 0)
            {
                return; // The last invocation that ends disposes the environment.
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

        // In parallel, because an environment that still runs could log the end of the others as a failure.
        await Task.WhenAll(all.Select(environment => environment.DisposeAsync().AsTask()));
    }

    private async Task<ExecutionEnvironment> StartAsync(CancellationToken cancellationToken)
    {
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

    private async Task<ExecutionEnvironment?> TakeIdleAsync(CancellationToken cancellationToken)
    {
        var timeout = Task.CompletedTask;
        while (true)
        {
            Task released;
            lock (_lock)
            {
                if (TakeIdle() is { } idle)
                {
                    return idle;
                }

                released = _released.Task;
            }

            if (Volatile.Read(ref _finishing) == 0 || (timeout != Task.CompletedTask && timeout.IsCompleted))
            {
                return null;
            }

            timeout = timeout == Task.CompletedTask ? Task.Delay(MaximumWait, cancellationToken) : timeout;
            await Task.WhenAny(released, timeout);
        }
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
                KeepIdle(environment);
                return environment;
            }

            _all.Remove(environment);
            _ = environment.DisposeAsync().AsTask();
        }

        return null;
    }

    // An environment with concurrency stays idle until all its slots are in use.
    private void KeepIdle(ExecutionEnvironment environment)
    {
        if (environment.Leases < options.Concurrency)
        {
            _idle.AddFirst(environment);
        }
    }

    private void SignalRelease()
    {
        _released.SetResult();
        _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async ValueTask AddAsync(ExecutionEnvironment? started)
    {
        lock (_lock)
        {
            _starting--;
            SignalRelease();
            if (started is null || !_isDisposed)
            {
                if (started is not null)
                {
                    _all.Add(started);
                    KeepIdle(started);
                }

                return;
            }
        }

        await started.DisposeAsync();
    }
}
