using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.Attacks;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Routing;

namespace LambdaChat.FunctionalTests.Routing;

/// <summary>The function in front of endpoints with four instances: one for each strategy, with the strategy's name.</summary>
public sealed class RoutingFixture : IAsyncLifetime
{
    public const string OtherKey = "sk-other";
    public const int Instances = 4;

    private KestrelFunction? _function;
    private SageMakerEmulator? _emulator;

    public HttpClient Client { get; private set; } = new();

    internal SageMakerEmulator Emulator => _emulator!;

    internal KestrelFunction Function => _function!;

    public async ValueTask InitializeAsync()
    {
        var options = new EmulatorOptions
        {
            Pace = 0,
            Routing = endpoint => new RoutingOptions { Instances = Instances, Strategy = Enum.Parse<RoutingStrategy>(endpoint) },
        };
        _emulator = await SageMakerEmulator.StartAsync(options, new ScriptedServer(TimeProvider.System));
        var variables = FunctionFixture.Variables(_emulator.Address);
        string[] models =
        [
            .. Enum.GetNames<RoutingStrategy>().Select(name => Model(name, name, "\"tasks\":[\"chat\",\"completions\"]")),
            Model("openai", "PrefixAware", "\"transport\":\"openai\""),
            Model("caller", "PrefixAware", "\"prefixAwareId\":\"caller\""),
            Model("off", "PrefixAware", "\"prefixAwareId\":\"off\""),
            Model("forwards", "PrefixAware", "\"forwardHeaders\":[\"X-Amzn-SageMaker-Prefix-Aware-Id\"]"),
        ];
        variables["MODELS"] = $"[{string.Join(',', models)}]";
        variables["API_KEYS"] += $",other={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(OtherKey)))}";
        _function = await KestrelFunction.StartAsync(_emulator.Address, variables);
        Client = FunctionFixture.CreateClient(_function.Url);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Function.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    private static string Model(string name, string endpoint, string members) =>
        $$"""{"name":"{{name}}","endpoint":"{{endpoint}}",{{members}}}""";
}
