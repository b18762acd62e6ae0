using System.Globalization;
using System.Net;
using LambdaChat.Local.Lambda;

namespace LambdaChat.Local;

/// <summary>The command line.</summary>
internal sealed class LocalOptions
{
    public const string Usage = """
        dotnet run --project src/LambdaChat.Local [-- options]

          --port N                 the function URL's port (8080; 0 takes a free one)
          --bind ADDRESS           listen there and not on 127.0.0.1
          --key KEY                the API key to accept (made for the run)
          --pace MS                milliseconds between the scripted model's tokens (30)
          --openai URL             put this OpenAI-compatible server behind the endpoint, e.g. http://127.0.0.1:11434/v1
          --endpoint NAME          call this real SageMaker endpoint, with --region R and --profile P or the AWS_* variables
          --only sagemaker|lambda  start only one half; for lambda, --sagemaker URL names the other
          --sagemaker-port N       the stand-in's port (0)
          --function PATH          the folder of a published function (the build's)
          --memory MB  --timeout SECONDS  --max-environments N  --reuse newest|oldest|never
        """;

    private static readonly string[] Names =
    [
        "port", "bind", "key", "pace", "openai", "endpoint", "region", "profile", "only", "sagemaker", "sagemaker-port", "function",
        "memory", "timeout", "max-environments", "reuse", "child",
    ];

    private readonly Dictionary<string, string> _values = [];

    private LocalOptions()
    {
    }

    public int Port => Number("port", 8080, maximum: ushort.MaxValue);

    public int SageMakerPort => Number("sagemaker-port", 0, maximum: ushort.MaxValue);

    public IPAddress Address => IPAddress.TryParse(Text("bind") ?? "127.0.0.1", out var address) ? address : throw Wrong("bind", "an IP address");

    public string? Key => Text("key");

    public int Pace => Number("pace", 30, maximum: 60_000);

    public Uri? OpenAI => Url("openai");

    public string? Endpoint => Text("endpoint");

    public string? Region => Text("region");

    public string? Profile => Text("profile");

    public Uri? SageMaker => Url("sagemaker");

    public string? FunctionPath => Text("function");

    public int Memory => Number("memory", 512, maximum: 10_240);

    public TimeSpan Timeout => TimeSpan.FromSeconds(Number("timeout", 900, maximum: 900));

    public int MaxEnvironments => Number("max-environments", 10, maximum: 1000);

    public EnvironmentReuse Reuse =>
        Enum.TryParse<EnvironmentReuse>(Text("reuse") ?? "newest", ignoreCase: true, out var reuse) ? reuse : throw Wrong("reuse", "newest, oldest or never");

    public bool StartsSageMaker => Text("only") is null or "sagemaker" && Endpoint is null && SageMaker is null;

    public bool StartsLambda => Text("only") is null or "lambda";

    /// <summary>True in a process that ends when its standard input does.</summary>
    public bool IsChild => Text("child") is not null;

    /// <exception cref="LocalException">An option is unknown or has no value.</exception>
    public static LocalOptions Parse(IReadOnlyList<string> args)
    {
        var options = new LocalOptions();
        for (var i = 0; i < args.Count; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!Names.Contains(name) || i + 1 == args.Count)
            {
                throw new LocalException($"{args[i]} is no option or lacks its value.\n\n{Usage}");
            }

            options._values[name] = args[i + 1];
        }

        return options.Text("only") is null or "sagemaker" or "lambda" ? options : throw Wrong("only", "sagemaker or lambda");
    }

    private string? Text(string name) => _values.GetValueOrDefault(name);

    private int Number(string name, int otherwise, int maximum) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum ? number
        : throw Wrong(name, $"a number from 0 to {maximum}");

    private Uri? Url(string name) =>
        Text(name) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw Wrong(name, "an address like http://127.0.0.1:8000/v1");

    private static LocalException Wrong(string name, string expected) => new($"--{name} must be {expected}.");
}
