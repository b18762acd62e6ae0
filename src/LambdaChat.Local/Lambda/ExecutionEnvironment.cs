using System.Diagnostics;
using System.Globalization;

namespace LambdaChat.Local.Lambda;

/// <summary>One execution environment: the function's process and the Runtime API that it talks to. It answers one request at a time.</summary>
internal sealed class ExecutionEnvironment : IAsyncDisposable
{
    /// <summary>Lambda's own limit of the init phase.</summary>
    private static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private readonly LambdaOptions _options;
    private readonly RuntimeApiServer _runtimeApi;
    private readonly ChildProcess _process;
    private bool _isFirst = true;

    private ExecutionEnvironment(LambdaOptions options, RuntimeApiServer runtimeApi, ChildProcess process)
    {
        _options = options;
        _runtimeApi = runtimeApi;
        _process = process;
    }

    /// <summary>False once the process has ended or must not be used again.</summary>
    public bool IsAlive { get; private set; } = true;

    public int ProcessId => _process.Id;

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
        var runtimeApi = await RuntimeApiServer.StartAsync();
        var start = FunctionCommand.Create(options.FunctionPath);
        SetVariables(start.Environment, options, runtimeApi.Authority);
        var now = Stopwatch.GetTimestamp();
        var environment = new ExecutionEnvironment(options, runtimeApi, ChildProcess.Start(start, options.Log)) { StartTimestamp = now };
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

        IsAlive = !_process.Exited.IsCompleted && outcome.ErrorType is not ("Sandbox.Timedout" or "Runtime.ExitError");
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
            "Runtime.ExitError", $"Runtime exited with error: exit status {await _process.Exited}", invocation.Client.Response.HasStarted);
    }

    private async Task WaitForInitAsync(CancellationToken cancellationToken)
    {
        var timeout = Task.Delay(InitTimeout, cancellationToken);
        var first = await Task.WhenAny(_runtimeApi.Asked, _process.Exited, timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == timeout)
        {
            throw new LocalException($"The function does not start: it asked for no work within {InitTimeout.TotalSeconds} seconds.");
        }

        if (_runtimeApi.Asked.IsFaulted || first == _runtimeApi.Asked)
        {
            await _runtimeApi.Asked;
            InitDuration = Stopwatch.GetElapsedTime(StartTimestamp);
            return;
        }

        throw new LocalException($"The function does not start: its process ended with code {await _process.Exited}.");
    }

    // REPORT RequestId: … Duration: … Billed Duration: … Memory Size: … Max Memory Used: … Init Duration: …
    private void Report(PendingInvocation invocation, InvocationOutcome outcome)
    {
        var duration = invocation.Duration.Elapsed.TotalMilliseconds;
        var init = _isFirst ? string.Create(CultureInfo.InvariantCulture, $"\tInit Duration: {InitDuration.TotalMilliseconds:F2} ms") : "";
        var status = outcome.ErrorType is null ? "" : $"\tStatus: {(outcome.ErrorType == "Sandbox.Timedout" ? "timeout" : "error")}\tError Type: {outcome.ErrorType}";
        var billed = Math.Ceiling(duration + (_isFirst ? InitDuration.TotalMilliseconds : 0));
        _isFirst = false; // Only the first invocation of an environment pays for its start.
        _options.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {invocation.RequestId}\tDuration: {duration:F2} ms\tBilled Duration: {billed:F0} ms\t" +
            $"Memory Size: {_options.MemorySize} MB\tMax Memory Used: {_process.PeakMemory / (1024 * 1024)} MB{init}{status}"));
        if (outcome.ErrorMessage is not null)
        {
            _options.Log($"{invocation.RequestId} {outcome.ErrorType}: {outcome.ErrorMessage}");
        }
    }

    private static void SetVariables(IDictionary<string, string?> environment, LambdaOptions options, string runtimeApi)
    {
        environment["AWS_LAMBDA_RUNTIME_API"] = runtimeApi;
        environment["AWS_LAMBDA_FUNCTION_NAME"] = "lambdachat-local";
        environment["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
        environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = options.MemorySize.ToString(CultureInfo.InvariantCulture);
        environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
        environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_dotnet10";
        environment["LAMBDA_TASK_ROOT"] = Path.GetFullPath(options.FunctionPath);
        environment["TZ"] = ":UTC";
        environment.Remove("AWS_SAM_LOCAL");
        if (options.IsSamLocal)
        {
            environment["AWS_SAM_LOCAL"] = "true";
        }

        foreach (var (name, value) in options.Variables)
        {
            environment[name] = value;
        }
    }
}
