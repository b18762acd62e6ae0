using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.Local;

/// <summary>Starts what the options ask for, says how to use it, and ends it all again.</summary>
internal sealed class LocalRun(LocalOptions options, Action<string> print) : IAsyncDisposable
{
    private const string Announcement = "SageMaker stand-in: ";

    private readonly string _key = options.Key ?? "sk-local-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private HttpClient? _http;
    private ChildProcess? _child;
    private Task _childWatch = Task.CompletedTask;
    private volatile bool _isStopping;
    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;

    /// <exception cref="LocalException">Something does not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var sageMaker = options.SageMaker;
        if (options.StartsSageMaker)
        {
            sageMaker = options.StartsLambda ? await StartChildAsync(cancellationToken) : await StartStandInAsync();
        }

        if (options.StartsLambda)
        {
            await StartLambdaAsync(sageMaker, cancellationToken);
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

    private async Task<Uri> StartStandInAsync()
    {
        _http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        IModelServer server = options.OpenAI is { } openAI ? new OpenAIServer(openAI, options.OpenAIKey, _http, print) : new ScriptedServer(TimeProvider.System);
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Address = options.Address, Port = options.SageMakerPort, Pace = options.Pace, KeepsCalls = false }, server);
        print($"{Announcement}{_emulator.Address} with {_emulator.Description} (process {Environment.ProcessId})");
        return _emulator.Address;
    }

    // A process of its own, so that it can be killed without the rest.
    private async Task<Uri> StartChildAsync(CancellationToken cancellationToken)
    {
        var announced = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
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
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                announced.TrySetResult(new Uri(line[Announcement.Length..].Split(' ')[0]));
            }
        });
        await Task.WhenAny(announced.Task, _child.Exited).WaitAsync(cancellationToken);
        if (!announced.Task.IsCompleted)
        {
            throw new LocalException("The SageMaker stand-in does not start.");
        }

        _childWatch = WatchAsync(_child);
        return await announced.Task;
    }

    private async Task WatchAsync(ChildProcess child)
    {
        var code = await child.Exited;
        if (!_isStopping)
        {
            print($"The SageMaker stand-in has ended with exit code {code}; end this command and start it again to have a new one.");
        }
    }

    private async Task StartLambdaAsync(Uri? sageMaker, CancellationToken cancellationToken)
    {
        _lambda = await LocalLambda.StartAsync(new LambdaOptions
        {
            FunctionPath = options.FunctionPath ?? FunctionDirectory,
            Variables = FunctionVariables.Create(options, _key, sageMaker),
            Address = options.Address,
            Port = options.Port,
            MemorySize = options.Memory,
            IsMemoryEnforced = options.IsMemoryEnforced,
            IsReadOnly = options.IsReadOnly,
            EventFormat = options.EventFormat,
            Concurrency = options.Concurrency,
            IsSnapStart = options.IsSnapStart,
            Timeout = options.Timeout,
            MaxEnvironments = options.MaxEnvironments,
            Reuse = options.Reuse,
            UserArn = options.UserArn,
            Log = options.HasRawLogs ? print : line => print(LogLine.Format(line, LogLine.HasColours)),
        });
        await _lambda.WarmUpAsync(cancellationToken);
        var behind = options.Endpoint is { } endpoint ? $"the SageMaker endpoint {endpoint}" : sageMaker?.ToString() ?? "SageMaker";
        print($$"""

            Chat page:    {{_lambda.Url}}#key={{Uri.EscapeDataString(_key)}}
            Function URL: {{_lambda.Url}}
            API key:      {{_key}}
            Behind it:    {{behind}}

            curl -N '{{_lambda.Url}}v1/chat/completions' -H 'Authorization: Bearer {{_key}}' -H 'Content-Type: application/json' \
              -d '{"model":"{{options.Model}}","stream":true,"messages":[{"role":"user","content":"9.11 and 9.8, which is greater?"}]}'

            Ctrl-C ends it.
            """);
    }

    /// <summary>Where the build put the function.</summary>
    public static string FunctionDirectory =>
        typeof(LocalRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "FunctionDirectory").Value!;
}
