using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests;
using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Signing;

[assembly: AssemblyFixture(typeof(FunctionFixture))]

namespace LambdaChat.FunctionalTests;

/// <summary>
/// Runs the function in separate processes between the emulators of Lambda and SageMaker. The variable <c>LAMBDACHAT_FUNCTION</c> selects a
/// published package instead of the build. It runs with the template's settings and Lambda's limits.
/// </summary>
public sealed class FunctionFixture : IAsyncLifetime
{
    public const string Key = "sk-test";
    public const string Model = "deepseek-r1";

    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;
    private KestrelFunction? _kestrel;

    /// <summary>A client of the function URL that sends the key.</summary>
    public HttpClient Client { get; private set; } = new();

    internal SageMakerEmulator Emulator => _emulator!;

    internal LocalLambda Lambda => _lambda!;

    internal KestrelFunction Kestrel => _kestrel!;

    internal Log Log { get; } = new();

    internal static bool IsPackage => Environment.GetEnvironmentVariable("LAMBDACHAT_FUNCTION") is not null;

    internal static string FunctionPath => Environment.GetEnvironmentVariable("LAMBDACHAT_FUNCTION") ?? LocalRun.FunctionDirectory;

    /// <summary>The environment variables of the function for an emulator.</summary>
    internal static Dictionary<string, string> Variables(Uri sageMaker, EmulatorCredentials? credentials = null)
    {
        var signing = credentials ?? EmulatorCredentials.Default;
        return new Dictionary<string, string>
        {
            ["MODELS"] = $$"""
                [{"name":"{{Model}}","endpoint":"demo"},
                 {"name":"served-name","endpoint":"demo","servedName":"deepseek-ai/R1","inferenceComponent":"ic-1","variant":"AllTraffic"},
                 {"name":"{{Model}}-openai","endpoint":"demo","transport":"openai"},
                 {"name":"{{Model}}-think-started","endpoint":"demo","think":"started"},
                 {"name":"{{Model}}-think-started-openai","endpoint":"demo","think":"started","transport":"openai"},
                 {"name":"component-openai","endpoint":"demo","inferenceComponent":"ic-1","transport":"openai"},
                 {"name":"plain-call","endpoint":"demo","gather":false},
                 {"name":"reasoning-hidden","endpoint":"demo","reasoning":"hidden"},
                 {"name":"many-settings","aliases":["many-settings-alias"],"endpoint":"demo","default":true,"usage":true,"maxTokens":100,"maxChoices":2,"contextLength":8192,"input":["text","image"],
                  "reasoning":"both","history":"strip","stripQuotes":true,"defaults":{"temperature":0.6,"chat_template_kwargs":{"x":true} } },
                 {"name":"forwards-headers","endpoint":"demo","customAttributes":{"trace":true},"forwardHeaders":
                    ["X-Amzn-SageMaker-Session-Id","x-amzn-sagemaker-custom-attributes","X-Amzn-SageMaker-Target-Variant"] },
                 {"name":"two-targets","targets":[{"endpoint":"first"},{"endpoint":"second","region":"eu-west-1"}]},
                 {"name":"cold-30s","endpoint":"demo","coldSeconds":30},
                 {"name":"cold-0s","endpoint":"demo","coldSeconds":0},
                 {"name":"cold-0s-openai","endpoint":"demo","coldSeconds":0,"transport":"openai"},
                 {"name":"idle-3s","endpoint":"demo","idleSeconds":3,"showErrors":false},
                 {"name":"idle-3s-openai","endpoint":"demo","idleSeconds":3,"showErrors":false,"transport":"openai"},
                 {"name":"continued","tasks":["chat","completions"],"continue":"vllm","continueThinking":true,"targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-openai","transport":"openai","continue":"vllm","continueThinking":true,"targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-idle-3s","tasks":["chat","completions"],"idleSeconds":3,"showErrors":false,"continue":"vllm","continueThinking":true,
                  "targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-idle-3s-openai","transport":"openai","idleSeconds":3,"showErrors":false,"continue":"vllm","continueThinking":true,
                  "targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-sglang","continue":"sglang","continueThinking":true,"targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-prefill","continue":"prefill","continueThinking":true,"targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-prefix","continue":"prefix","continueThinking":true,"targets":[{"endpoint":"one"},{"endpoint":"two"}]},
                 {"name":"continued-alone","endpoint":"one","continue":"vllm"},
                 {"name":"total-3s","endpoint":"demo","totalSeconds":3},
                 {"name":"counts-tokens","aliases":["claude-sonnet-4-5"],"endpoint":"demo","countTokens":true,"prefill":true,"contextLength":4096,"maxTokens":512},
                 {"name":"pooling","endpoint":"demo","servedName":"bge","tasks":["embeddings","rerank","score","completions"]}]
                """,
            ["API_KEYS"] = $"test={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            ["METRICS"] = "emf", // Off by default in the template.
            ["REHEARSAL"] = IsPackage ? "" : "false", // It lengthens each start of a build, whose code is not compiled ahead of time.
            ["AWS_REGION"] = "us-east-1",
            ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = sageMaker.ToString(),
            ["AWS_ACCESS_KEY_ID"] = signing.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = signing.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = signing.SessionToken,
        };
    }

    /// <summary>Starts another Lambda emulator.</summary>
    internal static Task<LocalLambda> StartLambdaAsync(Uri sageMaker, Log log, Func<LambdaOptions, LambdaOptions>? configure = null)
    {
        var options = new LambdaOptions
        {
            FunctionPath = FunctionPath,
            Variables = Variables(sageMaker),
            Log = log.Write,
            InitTimeout = WaitLimit.Duration,
        };
        if (IsPackage)
        {
            options = FunctionTemplate.Read().ApplyTo(options);
        }

        return LocalLambda.StartAsync(configure?.Invoke(options) ?? options);
    }

    internal static HttpClient CreateClient(Uri url)
    {
        // Disposing a response closes its connection at once.
        var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero };
        var client = new HttpClient(handler) { BaseAddress = url, Timeout = WaitLimit.Duration };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return client;
    }

    public async ValueTask InitializeAsync()
    {
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
        _lambda = await StartLambdaAsync(_emulator.Address, Log, options => options with { MaxEnvironments = 50 });
        _kestrel = await KestrelFunction.StartAsync(_emulator.Address);
        Client = CreateClient(_lambda.Url);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Kestrel.DisposeAsync();
        await Lambda.DisposeAsync();
        await Emulator.DisposeAsync();
    }
}
