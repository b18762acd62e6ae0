using System.Net;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.Lambda.Events;
using LambdaChat.Local.SageMaker.Routing;

namespace LambdaChat.Local;

/// <summary>The validated options of the command line.</summary>
internal sealed class LocalOptions
{
    public const string Usage = """
        Runs the function in emulators of Lambda and SageMaker.

        dotnet run --project src/LambdaChat.Local -- [--name value | --name=value]...

        Function URL
          --port N                 port; 0 selects a free port (default: 8080)
          --bind ADDRESS           address to listen on; 0.0.0.0 and :: mean all addresses (default: 127.0.0.1)
          --event-format url|rest  send events of a function URL or of an API Gateway REST API (default: url)
          --iam ARN                emulate AuthType AWS_IAM with requests signed by this principal

        Function
          --key KEY                API key to accept (default: a random key)
          --model NAME             public name of the model (default: deepseek-r1; with --endpoint: default; with --openai: the served
                                   name)
          --served-name NAME       name of the model on the model server (default with --openai: the only model that URL/models lists)
          --function PATH          folder of a published package (default: the build output)
          --logs pretty|raw        print logs for reading, or as JSON as in CloudWatch (default: pretty)

        Lambda
          --memory MB              memory size; enforced only if set (default: 512)
          --cpu-share true         limit the processor time, after the init phase, to the share of the memory size
          --timeout SECONDS        maximum duration of an invocation (default: 900)
          --read-only true         make the file system read-only except /tmp
          --concurrency N          concurrent invocations per environment, as on Managed Instances (default: 50, so that
                                   one process has all stored replies; 1 with --snap-start; 1 turns them off)
          --snap-start true        start environments through snapshot and restore
          --hold-back-chunks true  send each chunk of a stream only with the next one, as reported for function URLs
          --max-environments N     maximum number of environments (default: 10)
          --reuse newest|oldest|never
                                   environment for the next request (default: newest)

        Upstream (default: the SageMaker emulator with a scripted model)
          --pace MS                milliseconds between tokens of the scripted model (default: 30)
          --openai URL[,URL]...    OpenAI-compatible model servers, for example http://127.0.0.1:11434/v1; one for each instance
          --openai-key KEY         bearer token for these servers
          --instances N            instances of the endpoint, each with a prefix cache (default: 1; with --openai: one for each URL)
          --routing random|least-outstanding-requests|prefix-aware|kv-aware
                                   how the endpoint selects an instance (default: random)
          --endpoint NAME          a SageMaker endpoint in AWS, with --region, --profile or the AWS_* variables
          --component NAME         inference component of the endpoint
          --region NAME            AWS region of the endpoint
          --profile NAME           AWS profile with credentials for the endpoint
          --sagemaker-port N       port of the SageMaker emulator (default: 0, a free port)

        Parts
          --only sagemaker|lambda  start one emulator only; lambda requires --sagemaker or --endpoint
          --sagemaker URL          address of a running SageMaker emulator
        """;

    private static readonly string[] FunctionOptions =
    [
        "port", "bind", "key", "model", "served-name", "function", "memory", "timeout", "max-environments", "reuse",
        "read-only", "cpu-share", "event-format", "concurrency", "snap-start", "hold-back-chunks", "iam", "logs",
    ];

    private static readonly string[] EmulatorOptions = ["sagemaker-port", "pace", "openai", "openai-key", "instances", "routing"];
    private static readonly string[] EndpointOptions = ["region", "profile", "component"];
    private static readonly string[] ModelOptions = ["model", "served-name", "endpoint", "component"];
    private static readonly string[] Names =
        ["endpoint", "only", "sagemaker", "child", .. FunctionOptions, .. EmulatorOptions, .. EndpointOptions];

    // An option, or one of its values, and the options that cannot be combined with it.
    private static readonly (string Option, string? Value, string[] Excluded)[] Exclusions =
    [
        ("only", "sagemaker", ["endpoint", "sagemaker", .. FunctionOptions.Where(option => option != "bind"), .. EndpointOptions]),
        ("only", "lambda", EmulatorOptions),
        ("endpoint", null, ["sagemaker", "snap-start", .. EmulatorOptions]),
        ("sagemaker", null, EmulatorOptions),
        ("openai", null, ["pace", "instances"]),
    ];

    private static readonly (string Option, string[] Dependent)[] Requirements =
        [("endpoint", EndpointOptions), ("openai", ["openai-key"])];

    private readonly CommandLine _line;

    private LocalOptions(CommandLine line)
    {
        _line = line;
        Port = line.Number("port", otherwise: 8080, minimum: 0, maximum: ushort.MaxValue);
        Address = line.Address("bind") ?? IPAddress.Loopback;
        Key = line.Word("key", maximumLength: 4096);
        Model = line.Word("model", maximumLength: 128) ?? (line.Has("endpoint") ? "default" : "deepseek-r1");
        ServedName = line.Word("served-name", maximumLength: 256);
        FunctionPath = line.Text("function");
        Memory = line.Number("memory", otherwise: 512, minimum: 128, maximum: 10_240);
        IsMemoryEnforced = line.Has("memory");
        IsProcessorEnforced = line.Flag("cpu-share");
        IsReadOnly = line.Flag("read-only");
        EventFormat = Enum.Parse<EventFormat>(line.Choice("event-format", "url", "rest") ?? "url", ignoreCase: true);
        Concurrency = line.Number("concurrency", otherwise: line.Flag("snap-start") ? 1 : 50, minimum: 1, maximum: 1000);
        IsSnapStart = line.Flag("snap-start");
        HoldsBackChunks = line.Flag("hold-back-chunks");
        Timeout = TimeSpan.FromSeconds(line.Number("timeout", otherwise: 900, minimum: 1, maximum: 900));
        MaxEnvironments = line.Number("max-environments", otherwise: 10, minimum: 1, maximum: 1000);
        Reuse = Enum.Parse<EnvironmentReuse>(line.Choice("reuse", "newest", "oldest", "never") ?? "newest", ignoreCase: true);
        UserArn = line.Word("iam", maximumLength: 2048);
        HasRawLogs = line.Choice("logs", "pretty", "raw") == "raw";
        SageMakerPort = line.Number("sagemaker-port", otherwise: 0, minimum: 0, maximum: ushort.MaxValue);
        Pace = line.Number("pace", otherwise: line.Has("openai") ? 0 : 30, minimum: 0, maximum: 60_000);
        OpenAI = line.Urls("openai");
        Routing = CreateRouting(line, OpenAI.Count);
        OpenAIKey = line.Word("openai-key", maximumLength: 4096);
        SageMaker = line.Url("sagemaker");
        Endpoint = line.ResourceName("endpoint");
        Component = line.ResourceName("component");
        Region = line.ResourceName("region");
        Profile = line.Text("profile");
        line.Choice("only", "sagemaker", "lambda");
    }

    public int Port { get; }

    /// <summary>Address of the function URL, or of the SageMaker emulator if it is the only part.</summary>
    public IPAddress Address { get; }

    public string? Key { get; }

    public string Model { get; }

    public bool HasModel => _line.Has("model");

    /// <summary>An option that describes the model, and is set; null for none.</summary>
    public string? ModelOption => Array.Find(ModelOptions, _line.Has);

    public string? ServedName { get; }

    public string? FunctionPath { get; }

    public int Memory { get; }

    public bool IsMemoryEnforced { get; }

    public bool IsProcessorEnforced { get; }

    public bool IsReadOnly { get; }

    public EventFormat EventFormat { get; }

    public int Concurrency { get; }

    public bool IsSnapStart { get; }

    public bool HoldsBackChunks { get; }

    public TimeSpan Timeout { get; }

    public int MaxEnvironments { get; }

    public EnvironmentReuse Reuse { get; }

    /// <summary>ARN of the principal of each request; null for none.</summary>
    public string? UserArn { get; }

    /// <summary>True to print the log lines of the function unchanged.</summary>
    public bool HasRawLogs { get; }

    public int SageMakerPort { get; }

    public int Pace { get; }

    /// <summary>The model servers, one for each instance of the endpoint; empty for the scripted model.</summary>
    public IReadOnlyList<Uri> OpenAI { get; }

    /// <summary>The instances of the endpoint; null for one without a prefix cache.</summary>
    public RoutingOptions? Routing { get; }

    public string? OpenAIKey { get; }

    public Uri? SageMaker { get; }

    public string? Endpoint { get; }

    public string? Component { get; }

    public string? Region { get; }

    public string? Profile { get; }

    public bool StartsSageMaker => !_line.Is("only", "lambda") && Endpoint is null && SageMaker is null;

    public bool HasScriptedModel => StartsSageMaker && OpenAI.Count == 0;

    public bool StartsLambda => !_line.Is("only", "sagemaker");

    /// <summary>True in a child process, which ends when its standard input closes.</summary>
    public bool IsChild => _line.Has("child");

    /// <summary>The command line of the child process with the SageMaker emulator.</summary>
    public IEnumerable<string> ChildArguments =>
        ["--child=true", "--only=sagemaker", .. EmulatorOptions.Where(_line.Has).Select(name => $"--{name}={_line.Text(name)}")];

    /// <exception cref="LocalException">An option is unknown, invalid, or conflicts with another.</exception>
    public static LocalOptions Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, Names);
        var options = new LocalOptions(line);
        foreach (var (option, value, excluded) in Exclusions)
        {
            if (value is null ? !line.Has(option) : !line.Is(option, value))
            {
                continue;
            }

            Refuse(excluded.FirstOrDefault(line.Has), $"cannot be combined with --{option}{(value is null ? "" : $" {value}")}");
        }

        foreach (var (option, dependent) in Requirements.Where(pair => !line.Has(pair.Option)))
        {
            Refuse(dependent.FirstOrDefault(line.Has), $"requires --{option}");
        }

        var hasNoUpstream = line.Is("only", "lambda") && options.SageMaker is null && options.Endpoint is null;
        return hasNoUpstream ? throw new LocalException("--only lambda requires --sagemaker URL or --endpoint NAME.") : options;
    }

    private static RoutingOptions? CreateRouting(CommandLine line, int servers)
    {
        var strategy = line.Choice("routing", "random", "least-outstanding-requests", "prefix-aware", "kv-aware");
        var instances = line.Number("instances", otherwise: Math.Max(1, servers), minimum: 1, maximum: 64);
        return instances == 1 && strategy is null ? null : new RoutingOptions
        {
            Strategy = Enum.Parse<RoutingStrategy>(strategy?.Replace("-", "", StringComparison.Ordinal) ?? "random", ignoreCase: true),
            Instances = instances,
            TimePerPromptToken = servers > 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(50),
        };
    }

    private static void Refuse(string? option, string reason)
    {
        if (option is not null)
        {
            throw new LocalException($"--{option} {reason}.");
        }
    }
}
