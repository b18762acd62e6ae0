using System.Diagnostics;
using System.Globalization;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local.Lambda;

/// <summary>One execution environment: the function's process and the Runtime API that it talks to. It answers one request at a time,
/// or as many as <see cref="LambdaOptions.Concurrency"/> says.</summary>
internal sealed class ExecutionEnvironment : IAsyncDisposable
{
    /// <summary>Lambda's own limit of the init phase.</summary>
    private static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(10);

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

    /// <summary>False once the process has ended or must not be used again.</summary>
    public bool IsAlive { get; private set; } = true;

    public int ProcessId => _process.Id;

    /// <summary>How many requests it has at the moment; under its pool's lock.</summary>
    public int Leases { get; set; }

    /// <summary>SnapStart's part of its Runtime API.</summary>
    public SnapshotApi Snapshot => _runtimeApi.Snapshot;

    /// <summary>From the restore to the first request for work; null without SnapStart.</summary>
    public TimeSpan? RestoreDuration { get; private set; }

    /// <summary>The <see cref="Stopwatch"/>'s time at which the process was started.</summary>
    public long StartTimestamp { get; private init; }

    /// <summary>From the start of the process to its first request for work.</summary>
    public TimeSpan InitDuration { get; private set; }

    /// <summary>Most bytes of memory that the process had resident.</summary>
    public long PeakMemory => _process.PeakMemory;

    /// <summary>Completes when the process ends.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>Starts a process and waits until it asks for work.</summary>
    /// <exception cref="LocalException">It does not start.</exception>
    public static async Task<ExecutionEnvironment> StartAsync(LambdaOptions options, CancellationToken cancellationToken)
    {
        var runtimeApi = await RuntimeApiServer.StartAsync(options);
        var start = FunctionCommand.Create(options.FunctionPath, options.Handler);
        EnvironmentVariables.Set(start.Environment, options, runtimeApi);
        var confinement = Confinement.Create(options);
        confinement?.Apply(start);
        var now = Stopwatch.GetTimestamp();
        var environment = new ExecutionEnvironment(options, runtimeApi, confinement, ChildProcess.Start(start, options.Log)) { StartTimestamp = now };
        try
        {
            await environment.WaitForInitAsync(cancellationToken);
            return environment;
        }
        catch
        {
            await environment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives the invocation to the function and waits for its end, which the timeout brings at the latest.</summary>
    public async Task<InvocationOutcome> InvokeAsync(PendingInvocation invocation)
    {
        _runtimeApi.Enqueue(invocation);
        _process.SamplePeakMemory();
        var outcome = await WaitForOutcomeAsync(invocation);
        invocation.Duration.Stop();
        if (!IsAlive)
        {
            return outcome; // Its owner has ended it, which is no failure of the function.
        }

        IsAlive = !_process.Exited.IsCompleted && outcome.ErrorType is not ("Sandbox.Timedout" or "Runtime.ExitError" or "Runtime.OutOfMemory");
        Report(invocation, outcome);
        return outcome;
    }

    /// <summary>Breaks the Runtime API's connections and never answers again, as if it had crashed.</summary>
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
        var timeout = Task.Delay(_options.Timeout);
        var ended = await Task.WhenAny(invocation.Completion, _process.Exited, timeout);
        if (ended == timeout)
        {
            _process.Kill();
            return new InvocationOutcome(
                "Sandbox.Timedout",
                string.Create(CultureInfo.InvariantCulture, $"Task timed out after {_options.Timeout.TotalSeconds:F2} seconds"),
                invocation.Client.Response.HasStarted);
        }

        // A connection that breaks is often the first sign of a process that ends.
        if (ended == invocation.Completion && (await invocation.Completion is not { ErrorType: "Runtime.ConnectionLost" } ||
            await Task.WhenAny(_process.Exited, Task.Delay(ExitGrace)) != _process.Exited))
        {
            return await invocation.Completion;
        }

        return new InvocationOutcome(
            IsOutOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError", $"Runtime exited with error: exit status {await _process.Exited}", invocation.Client.Response.HasStarted);
    }

    private async Task WaitForInitAsync(CancellationToken cancellationToken)
    {
        if (_options.IsSnapStart)
        {
            await WaitForAsync(Snapshot.Initialized, cancellationToken);
            InitDuration = Stopwatch.GetElapsedTime(StartTimestamp);
            var restored = Stopwatch.GetTimestamp();
            Snapshot.Restore();
            await WaitForAsync(_runtimeApi.Asked, cancellationToken);
            RestoreDuration = Stopwatch.GetElapsedTime(restored);
            return;
        }

        await WaitForAsync(_runtimeApi.Asked, cancellationToken);
        InitDuration = Stopwatch.GetElapsedTime(StartTimestamp);
    }

    private async Task WaitForAsync(Task step, CancellationToken cancellationToken)
    {
        var timeout = Task.Delay(InitTimeout, cancellationToken);
        var first = await Task.WhenAny(step, _runtimeApi.Asked, _process.Exited, timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == timeout)
        {
            throw new LocalException($"The function does not start: it asked for no work within {InitTimeout.TotalSeconds} seconds.");
        }

        if (_runtimeApi.Asked.IsFaulted)
        {
            await _runtimeApi.Asked;
        }

        if (first == step)
        {
            return;
        }

        if (first == _runtimeApi.Asked)
        {
            throw new LocalException("The function does not start: it asked for work before its snapshot was taken.");
        }

        throw new LocalException(IsOutOfMemory
            ? $"The function does not start: {_options.MemorySize} MB of memory are too little."
            : $"The function does not start: its process ended with code {await _process.Exited}.");
    }

    private bool IsOutOfMemory => _confinement?.IsOutOfMemory == true;

    // REPORT RequestId: … Duration: … Billed Duration: … Memory Size: … Max Memory Used: … Init Duration: …
    private void Report(PendingInvocation invocation, InvocationOutcome outcome)
    {
        var duration = invocation.Duration.Elapsed.TotalMilliseconds;
        var start = Interlocked.Exchange(ref _isUsed, 1) == 1 ? null : RestoreDuration ?? InitDuration as TimeSpan?; // Only the first invocation pays for it.
        var init = start is null ? "" : string.Create(CultureInfo.InvariantCulture, $"\t{(RestoreDuration is null ? "Init" : "Restore")} Duration: {start.Value.TotalMilliseconds:F2} ms");
        var status = outcome.ErrorType is null ? "" : $"\tStatus: {(outcome.ErrorType == "Sandbox.Timedout" ? "timeout" : "error")}\tError Type: {outcome.ErrorType}";
        var billed = Math.Ceiling(duration + (start?.TotalMilliseconds ?? 0));
        _options.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {invocation.RequestId}\tDuration: {duration:F2} ms\tBilled Duration: {billed:F0} ms\t" +
            $"Memory Size: {_options.MemorySize} MB\tMax Memory Used: {_process.PeakMemory / (1024 * 1024)} MB{init}{status}"));
        if (outcome.ErrorMessage is not null)
        {
            _options.Log($"{invocation.RequestId} {outcome.ErrorType}: {outcome.ErrorMessage}");
        }
    }
}
