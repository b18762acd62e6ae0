using System.Diagnostics;
using System.Globalization;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>An execution environment: the function's process and its Runtime API. It serves up to <see cref="LambdaOptions.Concurrency"/>
/// invocations at a time.</summary>
internal sealed class ExecutionEnvironment : IAsyncDisposable
{
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private readonly LambdaOptions _options;
    private readonly RuntimeApiServer _runtimeApi;
    private readonly ChildProcess _process;
    private readonly Confinement? _confinement;
    private int _isUsed;

    private ExecutionEnvironment(LambdaOptions options, RuntimeApiServer runtimeApi, Confinement? confinement, ChildProcess process)
    {
        _options = options;
        _runtimeApi = runtimeApi;
        _confinement = confinement;
        _process = process;
    }

    /// <summary>False after the process has ended or failed.</summary>
    public bool IsAlive { get; private set; } = true;

    public int ProcessId => _process.Id;

    /// <summary>Number of running invocations. Guarded by the lock of the pool.</summary>
    public int Leases { get; set; }

    /// <summary>The SnapStart part of the Runtime API.</summary>
    public SnapshotApi Snapshot => _runtimeApi.Snapshot;

    /// <summary>Time from the restore to the first poll; null without SnapStart.</summary>
    public TimeSpan? RestoreDuration { get; private set; }

    /// <summary>The <see cref="Stopwatch"/> timestamp of the start of the process.</summary>
    public long StartTimestamp { get; private init; }

    /// <summary>Time from the start of the process to its first poll, or to the snapshot.</summary>
    public TimeSpan InitDuration { get; private set; }

    /// <summary>Peak resident memory of the process in bytes.</summary>
    public long PeakMemory => _process.PeakMemory;

    /// <summary>Completes when the process ends.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>Starts a process and waits for its first poll.</summary>
    /// <exception cref="LocalException">The function fails to start.</exception>
    public static async Task<ExecutionEnvironment> StartAsync(LambdaOptions options, CancellationToken cancellationToken)
    {
        var runtimeApi = await RuntimeApiServer.StartAsync(options);
        Confinement? confinement = null;
        ExecutionEnvironment? environment = null;
        try
        {
            var start = FunctionCommand.Create(options.FunctionPath, options.Handler);
            EnvironmentVariables.Set(start.Environment, options, runtimeApi);
            confinement = Confinement.Create(options);
            confinement?.Apply(start);
            var now = Stopwatch.GetTimestamp();
            environment = new ExecutionEnvironment(options, runtimeApi, confinement, ChildProcess.Start(start, options.Log))
            {
                StartTimestamp = now,
            };
            await environment.WaitForInitAsync(cancellationToken);
            if (options.IsProcessorEnforced)
            {
                confinement?.LimitProcessor(options.MemorySize);
            }

            return environment;
        }
        catch
        {
            if (environment is not null)
            {
                await environment.DisposeAsync();
            }
            else
            {
                await runtimeApi.DisposeAsync(); // The process did not start.
                confinement?.Dispose();
            }

            throw;
        }
    }

    /// <summary>Sends the invocation to the function and waits until it ends or times out. It then has its report.</summary>
    public async Task<InvocationOutcome> InvokeAsync(PendingInvocation invocation)
    {
        _runtimeApi.Enqueue(invocation);
        _process.SamplePeakMemory();
        var outcome = await WaitForOutcomeAsync(invocation);
        invocation.Duration.Stop();
        if (!IsAlive)
        {
            return outcome; // The environment was disposed; the function did not fail.
        }

        IsAlive = !_process.Exited.IsCompleted
            && outcome.ErrorType is not ("Sandbox.Timedout" or "Runtime.ExitError" or "Runtime.OutOfMemory");
        invocation.Report = CreateReport(invocation, outcome);
        return outcome;
    }

    /// <summary>
    /// Waits until the function polls again, because it may continue to work after its response. At the deadline, ends the process.
    /// With concurrency, returns at once: a poll does not show that one of the invocations has ended.
    /// </summary>
    public async Task WaitUntilIdleAsync(PendingInvocation invocation)
    {
        var left = invocation.Deadline - DateTimeOffset.UtcNow;
        if (_options.Concurrency > 1 || !IsAlive)
        {
            return;
        }

        if (await TimedWait.FirstAsync([_runtimeApi.Idle, _process.Exited], left > TimeSpan.Zero ? left : TimeSpan.Zero) is null)
        {
            _options.Log($"{invocation.RequestId} Sandbox.Timedout: Task timed out after its response.");
            _process.Kill();
            await _process.Exited;
        }

        IsAlive = !_process.Exited.IsCompleted;
    }

    /// <summary>Closes all connections of the Runtime API and stops it, as in a crash.</summary>
    public ValueTask LoseRuntimeApiAsync() => _runtimeApi.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        IsAlive = false;
        _process.Kill();
        await _process.Exited;
        await _runtimeApi.DisposeAsync();
        _process.Dispose();
        _confinement?.Dispose();
    }

    private async Task<InvocationOutcome> WaitForOutcomeAsync(PendingInvocation invocation)
    {
        var ended = await TimedWait.FirstAsync([invocation.Completion, _process.Exited], _options.Timeout);
        if (ended is null)
        {
            _process.Kill();
            return new InvocationOutcome(
                "Sandbox.Timedout",
                string.Create(CultureInfo.InvariantCulture, $"Task timed out after {_options.Timeout.TotalSeconds:F2} seconds"),
                invocation.Client.Response.HasStarted);
        }

        // The connection of an ending process often closes before the process exits.
        if (ended == invocation.Completion && (await invocation.Completion is not { ErrorType: "Runtime.ConnectionLost" } ||
            await TimedWait.FirstAsync([_process.Exited], ExitGrace) is null))
        {
            return await invocation.Completion;
        }

        return new InvocationOutcome(
            IsOutOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError",
            $"Runtime exited with error: exit status {await _process.Exited}",
            invocation.Client.Response.HasStarted);
    }

    private async Task WaitForInitAsync(CancellationToken cancellationToken)
    {
        if (_options.IsSnapStart)
        {
            await WaitForAsync(Snapshot.Initialized, cancellationToken);
            InitDuration = Stopwatch.GetElapsedTime(StartTimestamp);
            var restored = Stopwatch.GetTimestamp();
            Snapshot.Restore();
            await WaitForAsync(_runtimeApi.Polled, cancellationToken);
            RestoreDuration = Stopwatch.GetElapsedTime(restored);
            return;
        }

        await WaitForAsync(_runtimeApi.Polled, cancellationToken);
        InitDuration = Stopwatch.GetElapsedTime(StartTimestamp);
    }

    private async Task WaitForAsync(Task step, CancellationToken cancellationToken)
    {
        var first = await TimedWait.FirstAsync([step, _runtimeApi.Polled, _process.Exited], _options.InitTimeout, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (first is null)
        {
            throw new LocalException(
                $"The function failed to start: it did not poll for an invocation within {_options.InitTimeout.TotalSeconds} seconds.");
        }

        if (_runtimeApi.Polled.IsFaulted)
        {
            await _runtimeApi.Polled;
        }

        if (first == step)
        {
            return;
        }

        if (first == _runtimeApi.Polled)
        {
            throw new LocalException("The function failed to start: it polled for an invocation before the snapshot was taken.");
        }

        throw new LocalException(IsOutOfMemory
            ? $"The function failed to start: it needs more than {_options.MemorySize} MB of memory."
            : $"The function failed to start: its process ended with exit code {await _process.Exited}.");
    }

    private bool IsOutOfMemory => _confinement?.IsOutOfMemory == true;

    // REPORT RequestId: … Duration: … Billed Duration: … Memory Size: … Max Memory Used: … Init Duration: …
    private IReadOnlyList<string> CreateReport(PendingInvocation invocation, InvocationOutcome outcome)
    {
        var duration = invocation.Duration.Elapsed.TotalMilliseconds;
        // Only the first invocation reports the init or restore duration.
        var start = Interlocked.Exchange(ref _isUsed, 1) == 1 ? null : RestoreDuration ?? InitDuration as TimeSpan?;
        var phase = RestoreDuration is null ? "Init" : "Restore";
        var init = start is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"\t{phase} Duration: {start.Value.TotalMilliseconds:F2} ms");
        var status = outcome.ErrorType is null
            ? ""
            : $"\tStatus: {(outcome.ErrorType == "Sandbox.Timedout" ? "timeout" : "error")}\tError Type: {outcome.ErrorType}";
        var billed = Math.Ceiling(duration + (start?.TotalMilliseconds ?? 0));
        var report = string.Create(
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {invocation.RequestId}\tDuration: {duration:F2} ms\tBilled Duration: {billed:F0} ms\t" +
            $"Memory Size: {_options.MemorySize} MB\tMax Memory Used: {_process.PeakMemory / (1024 * 1024)} MB{init}{status}");
        return outcome.ErrorMessage is null ? [report] : [report, $"{invocation.RequestId} {outcome.ErrorType}: {outcome.ErrorMessage}"];
    }
}
