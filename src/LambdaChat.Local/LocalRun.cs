using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime.CredentialManagement;
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
    private StandIn? _standIn;
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
        if (_lambda is not null)
        {
            await _lambda.DisposeAsync();
        }

        if (_standIn is not null)
        {
            await _standIn.DisposeAsync();
        }

        _child?.Kill();
        _child?.Dispose();
        _http?.Dispose();
    }

    private async Task<Uri> StartStandInAsync()
    {
        _http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        IModelServer server = options.OpenAI is { } openAI ? new OpenAIServer(openAI, _http) : new ScriptedServer(TimeProvider.System);
        _standIn = await StandIn.StartAsync(new StandInOptions { Address = options.Address, Port = options.SageMakerPort, Pace = options.Pace }, server);
        print($"{Announcement}{_standIn.Address} with {_standIn.Description} (process {Environment.ProcessId})");
        return _standIn.Address;
    }

    // A process of its own, so that it can be killed without the rest.
    private async Task<Uri> StartChildAsync(CancellationToken cancellationToken)
    {
        var announced = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var assembly = typeof(LocalRun).Assembly.Location;
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(assembly);
        }

        AddArguments(start, ("child", "true"), ("only", "sagemaker"), ("sagemaker-port", $"{options.SageMakerPort}"), ("pace", $"{options.Pace}"), ("bind", $"{options.Address}"));
        if (options.OpenAI is { } openAI)
        {
            AddArguments(start, ("openai", openAI.ToString()));
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
        return announced.Task.IsCompleted ? await announced.Task : throw new LocalException("The SageMaker stand-in does not start.");
    }

    private async Task StartLambdaAsync(Uri? sageMaker, CancellationToken cancellationToken)
    {
        _lambda = await LocalLambda.StartAsync(new LambdaOptions
        {
            FunctionPath = options.FunctionPath ?? FunctionDirectory,
            Variables = CreateVariables(sageMaker),
            Address = options.Address,
            Port = options.Port,
            MemorySize = options.Memory,
            Timeout = options.Timeout,
            MaxEnvironments = options.MaxEnvironments,
            Reuse = options.Reuse,
            Log = print,
        });
        await _lambda.WarmUpAsync(cancellationToken);
        var behind = options.Endpoint is { } endpoint ? $"the SageMaker endpoint {endpoint}" : sageMaker?.ToString() ?? "SageMaker";
        print($$"""

            Function URL: {{_lambda.Url}}
            API key:      {{_key}}
            Behind it:    {{behind}}

            curl -N {{_lambda.Url}}v1/chat/completions -H 'Authorization: Bearer {{_key}}' -H 'Content-Type: application/json' \
              -d '{"model":"{{ModelName}}","stream":true,"messages":[{"role":"user","content":"9.11 and 9.8, which is greater?"}]}'

            Ctrl-C ends it.
            """);
    }

    private string ModelName => options.Endpoint is null ? "deepseek-r1" : "default";

    private Dictionary<string, string> CreateVariables(Uri? sageMaker)
    {
        var model = new JsonObject { ["name"] = ModelName, ["endpoint"] = options.Endpoint ?? "local" };
        var variables = new Dictionary<string, string>
        {
            ["MODELS"] = new JsonArray(model).ToJsonString(),
            ["API_KEYS"] = $"local={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_key)))}",
        };
        if (options.Endpoint is null)
        {
            variables["AWS_REGION"] = "us-east-1";
            variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = sageMaker?.ToString() ?? throw new LocalException("--only lambda needs --sagemaker URL or --endpoint NAME.");
            AddCredentials(variables, StandInCredentials.Default);
        }

        else
        {
            variables["AWS_REGION"] = FindRegion();
        }

        AddIfGiven(variables, "AWS_PROFILE", options.Profile);
        return variables;
    }

    // As the AWS CLI finds it: the option, the variables, the profile.
    private string FindRegion() =>
        options.Region
        ?? Environment.GetEnvironmentVariable("AWS_REGION")
        ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
        ?? FindProfileRegion(options.Profile ?? Environment.GetEnvironmentVariable("AWS_PROFILE") ?? "default")
        ?? throw new LocalException("--region is needed: neither AWS_REGION nor the AWS profile names a region.");

    private static string? FindProfileRegion(string profile) =>
        new CredentialProfileStoreChain().TryGetProfile(profile, out var found) ? found.Region?.SystemName : null;

    private static void AddCredentials(Dictionary<string, string> variables, StandInCredentials credentials)
    {
        variables["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId;
        variables["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey;
        variables["AWS_SESSION_TOKEN"] = credentials.SessionToken;
    }

    private static void AddIfGiven(Dictionary<string, string> variables, string name, string? value)
    {
        if (value is not null)
        {
            variables[name] = value;
        }
    }

    private static void AddArguments(ProcessStartInfo start, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        foreach (var (name, value) in arguments)
        {
            start.ArgumentList.Add("--" + name);
            start.ArgumentList.Add(value);
        }
    }

    /// <summary>Where the build put the function.</summary>
    public static string FunctionDirectory =>
        typeof(LocalRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "FunctionDirectory").Value!;
}
