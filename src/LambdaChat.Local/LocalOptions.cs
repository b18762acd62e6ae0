using System.Net;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.Local;

/// <summary>The command line, checked.</summary>
internal sealed class LocalOptions
{
    public const string Usage = """
        dotnet run --project src/LambdaChat.Local [-- options, as --name value or --name=value]

          --port N                 the function URL's port (8080; 0 takes a free one)
          --bind ADDRESS           the function URL, or with --only sagemaker the stand-in, listens there and not on 127.0.0.1;
                                   0.0.0.0 and :: are everywhere
          --key KEY                the API key to accept (made for the run)
          --model NAME             the model's public name (deepseek-r1; with --endpoint, default)
          --served-name NAME       the name that the model server knows the model by; Ollama needs one
          --function PATH          the folder of a published function (the build's)
          --memory MB              what the function may use (512, and not enforced unless given)
          --read-only true         the function can write to /tmp only
          --event-format url|rest  events of a function URL, or of an API Gateway REST API (url)
          --concurrency N          requests that one environment takes at once, as on Managed Instances (1)
          --snap-start true        starts the function through SnapStart's snapshot and restore
          --iam ARN                every request is signed by this principal, as with AuthType: AWS_IAM
          --timeout SECONDS  --max-environments N  --reuse newest|oldest|never
          --logs pretty|raw        the function's log lines for people, or as CloudWatch gets them (pretty)

        Behind it is a stand-in for SageMaker with a scripted model, or:
          --openai URL             this OpenAI-compatible server behind the stand-in, e.g. http://127.0.0.1:11434/v1
          --openai-key KEY         sent to that server as the bearer token
          --endpoint NAME          this real SageMaker endpoint, with --component NAME where it has inference components,
                                   and with --region R and --profile P or the AWS_* variables

          --pace MS                milliseconds between the scripted model's tokens (30)
          --sagemaker-port N       the stand-in's port (0)
          --only sagemaker|lambda  start only one half; for lambda, --sagemaker URL names the other
        """;

    private static readonly string[] FunctionOptions =
        ["port", "bind", "key", "model", "served-name", "function", "memory", "timeout", "max-environments", "reuse", "read-only", "event-format", "concurrency", "snap-start", "iam", "logs"];

    private static readonly string[] StandInOptions = ["sagemaker-port", "pace", "openai", "openai-key"];
    private static readonly string[] EndpointOptions = ["region", "profile", "component"];
    private static readonly string[] Names = ["endpoint", "only", "sagemaker", "child", .. FunctionOptions, .. StandInOptions, .. EndpointOptions];

    // What an option leaves nothing to do for, and what another is about.
    private static readonly (string Option, string[] Idle)[] Contradictions =
    [
        ("only sagemaker", ["endpoint", "sagemaker", .. FunctionOptions.Where(option => option != "bind"), .. EndpointOptions]),
        ("only lambda", StandInOptions),
        ("endpoint", ["sagemaker", "snap-start", .. StandInOptions]),
        ("sagemaker", StandInOptions),
        ("openai", ["pace"]),
    ];

    private static readonly (string Option, string[] Parts)[] Belongings = [("endpoint", EndpointOptions), ("openai", ["openai-key"])];

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
        IsReadOnly = line.Flag("read-only");
        EventFormat = Enum.Parse<EventFormat>(line.Choice("event-format", "url", "rest") ?? "url", ignoreCase: true);
        Concurrency = line.Number("concurrency", otherwise: 1, minimum: 1, maximum: 1000);
        IsSnapStart = line.Flag("snap-start");
        Timeout = TimeSpan.FromSeconds(line.Number("timeout", otherwise: 900, minimum: 1, maximum: 900));
        MaxEnvironments = line.Number("max-environments", otherwise: 10, minimum: 1, maximum: 1000);
        Reuse = Enum.Parse<EnvironmentReuse>(line.Choice("reuse", "newest", "oldest", "never") ?? "newest", ignoreCase: true);
        UserArn = line.Word("iam", maximumLength: 2048);
        HasRawLogs = line.Choice("logs", "pretty", "raw") == "raw";
        SageMakerPort = line.Number("sagemaker-port", otherwise: 0, minimum: 0, maximum: ushort.MaxValue);
        Pace = line.Number("pace", otherwise: line.Has("openai") ? 0 : 30, minimum: 0, maximum: 60_000);
        OpenAI = line.Url("openai");
        OpenAIKey = line.Word("openai-key", maximumLength: 4096);
        SageMaker = line.Url("sagemaker");
        Endpoint = line.ResourceName("endpoint");
        Component = line.ResourceName("component");
        Region = line.ResourceName("region");
        Profile = line.Text("profile");
        line.Choice("only", "sagemaker", "lambda");
    }

    public int Port { get; }

    /// <summary>Where the function URL listens, or the stand-in where it is alone.</summary>
    public IPAddress Address { get; }

    public string? Key { get; }

    public string Model { get; }

    public string? ServedName { get; }

    public string? FunctionPath { get; }

    public int Memory { get; }

    public bool IsMemoryEnforced { get; }

    public bool IsReadOnly { get; }

    public EventFormat EventFormat { get; }

    public int Concurrency { get; }

    public bool IsSnapStart { get; }

    public TimeSpan Timeout { get; }

    public int MaxEnvironments { get; }

    public EnvironmentReuse Reuse { get; }

    /// <summary>Who has signed each request; null for nobody.</summary>
    public string? UserArn { get; }

    /// <summary>True to print the function's log lines as they are.</summary>
    public bool HasRawLogs { get; }

    public int SageMakerPort { get; }

    public int Pace { get; }

    public Uri? OpenAI { get; }

    public string? OpenAIKey { get; }

    public Uri? SageMaker { get; }

    public string? Endpoint { get; }

    public string? Component { get; }

    public string? Region { get; }

    public string? Profile { get; }

    public bool StartsSageMaker => !_line.Has("only lambda") && Endpoint is null && SageMaker is null;

    public bool StartsLambda => !_line.Has("only sagemaker");

    /// <summary>True in a process that ends when its standard input does.</summary>
    public bool IsChild => _line.Has("child");

    /// <summary>The command line of such a process, for the stand-in.</summary>
    public IEnumerable<string> ChildArguments =>
        ["--child=true", "--only=sagemaker", .. StandInOptions.Where(_line.Has).Select(name => $"--{name}={_line.Text(name)}")];

    /// <exception cref="LocalException">An option is unknown, wrong, or has no part beside another.</exception>
    public static LocalOptions Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, Names);
        var options = new LocalOptions(line);
        foreach (var (option, idle) in Contradictions.Where(pair => line.Has(pair.Option)))
        {
            Refuse(idle.FirstOrDefault(line.Has), $"does not go with --{option}");
        }

        foreach (var (option, parts) in Belongings.Where(pair => !line.Has(pair.Option)))
        {
            Refuse(parts.FirstOrDefault(line.Has), $"needs --{option}");
        }

        var hasNothingBehind = line.Has("only lambda") && options.SageMaker is null && options.Endpoint is null;
        return hasNothingBehind ? throw new LocalException("--only lambda needs --sagemaker URL or --endpoint NAME.") : options;
    }

    private static void Refuse(string? option, string reason)
    {
        if (option is not null)
        {
            throw new LocalException($"--{option} {reason}.");
        }
    }
}
