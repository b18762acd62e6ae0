using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.Local;

/// <summary>Starts the emulators that the options select, prints how to use them, and stops them.</summary>
internal sealed class LocalRun(LocalOptions options, Action<string> print) : IAsyncDisposable
{
    private const string EmulatorLine = "SageMaker emulator: ";

    private readonly string _key = options.Key ?? "sk-local-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private HttpClient? _http;
    private ChildProcess? _child;
    private Task _childWatch = Task.CompletedTask;
    private volatile bool _isStopping;
    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;

    /// <exception cref="LocalException">A part fails to start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var model = options.StartsLambda ? await LocalModel.FindAsync(options, cancellationToken) : null;
        var sageMaker = options.SageMaker;
        if (options.StartsSageMaker)
        {
            sageMaker = options.StartsLambda ? await StartChildAsync(cancellationToken) : await StartEmulatorAsync();
        }

        if (model is not null)
        {
            await StartLambdaAsync(model, sageMaker, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        if (_lambda is not null)
        {
            await _lambda.DisposeAsync();
        }

        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }

        _child?.Kill();
        await _childWatch;
        _child?.Dispose();
        _http?.Dispose();
    }

    private async Task<Uri> StartEmulatorAsync()
    {
        _http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        IModelServer server = options.OpenAI.Count > 0
            ? new ServerGroup([.. options.OpenAI.Select(url => new OpenAIServer(url, options.OpenAIKey, _http, print))])
            : new ScriptedServer(TimeProvider.System);
        var emulatorOptions = new EmulatorOptions
        {
            Address = options.Address,
            Port = options.SageMakerPort,
            Pace = options.Pace,
            KeepsCalls = false,
            Routing = _ => options.Routing,
        };
        _emulator = await SageMakerEmulator.StartAsync(emulatorOptions, server);
        print($"{EmulatorLine}{_emulator.Address} with {_emulator.Description} (process {Environment.ProcessId})");
        return _emulator.Address;
    }

    // In a separate process, so that a user can end it to see a lost connection.
    private async Task<Uri> StartChildAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(LocalRun).Assembly.Location);
        }

        foreach (var argument in options.ChildArguments)
        {
            start.ArgumentList.Add(argument);
        }

        _child = ChildProcess.Start(start, line =>
        {
            print(line);
            if (line.StartsWith(EmulatorLine, StringComparison.Ordinal))
            {
                started.TrySetResult(new Uri(line[EmulatorLine.Length..].Split(' ')[0]));
            }
        });
        await Task.WhenAny(started.Task, _child.Exited).WaitAsync(cancellationToken);
        if (!started.Task.IsCompleted)
        {
            throw new LocalException("The SageMaker emulator failed to start.");
        }

        _childWatch = WatchAsync(_child);
        return await started.Task;
    }

    private async Task WatchAsync(ChildProcess child)
    {
        var code = await child.Exited;
        if (!_isStopping)
        {
            print($"The SageMaker emulator ended with exit code {code}. Restart this command to start it again.");
        }
    }

    private async Task StartLambdaAsync(LocalModel model, Uri? sageMaker, CancellationToken cancellationToken)
    {
        _lambda = await LocalLambda.StartAsync(new LambdaOptions
        {
            FunctionPath = options.FunctionPath ?? FunctionDirectory,
            Variables = FunctionVariables.Create(options, model, _key, sageMaker),
            Address = options.Address,
            Port = options.Port,
            MemorySize = options.Memory,
            IsMemoryEnforced = options.IsMemoryEnforced,
            IsProcessorEnforced = options.IsProcessorEnforced,
            IsReadOnly = options.IsReadOnly,
            EventFormat = options.EventFormat,
            Concurrency = options.Concurrency,
            IsSnapStart = options.IsSnapStart,
            HoldsBackChunks = options.HoldsBackChunks,
            InitTimeout = TimeSpan.FromMinutes(1), // A busy machine may need more than Lambda's 10 s.
            Timeout = options.Timeout,
            MaxEnvironments = options.MaxEnvironments,
            Reuse = options.Reuse,
            UserArn = options.UserArn,
            Log = options.HasRawLogs ? print : PrintForReading,
            LogsErrors = !options.HasRawLogs,
        });
        await _lambda.WarmUpAsync(cancellationToken);
        var upstream = options.Endpoint is { } endpoint ? $"SageMaker endpoint {endpoint}" : sageMaker?.ToString() ?? "SageMaker";
        print($$"""

            Chat page:    {{_lambda.Url}}#key={{Uri.EscapeDataString(_key)}}
            Function URL: {{_lambda.Url}}
            API key:      {{_key}}
            Upstream:     {{upstream}}

            curl -N '{{_lambda.Url}}v1/chat/completions' -H 'Authorization: Bearer {{_key}}' -H 'Content-Type: application/json' \
              -d '{"model":"{{model.Name}}","stream":true,"messages":[{"role":"user","content":"9.11 and 9.8, which is greater?"}]}'

            Press Ctrl+C to stop.
            """);
    }

    // Lambda's line of each successful invocation says nothing about the request, and a page loads many files.
    private void PrintForReading(string line)
    {
        if (!LogLine.IsReportOfSuccess(line))
        {
            print(LogLine.Format(line, LogLine.HasColors));
        }
    }

    /// <summary>The build output folder of the function.</summary>
    public static string FunctionDirectory =>
        typeof(LocalRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "FunctionDirectory").Value!;
}
