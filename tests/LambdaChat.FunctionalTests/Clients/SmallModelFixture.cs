using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// A function whose model has a context of 32,768 tokens and no images, with a proxy in front that records its responses.
/// </summary>
public sealed class SmallModelFixture : IAsyncLifetime
{
    private readonly Log _log = new();
    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;
    private RecordingProxy? _proxy;

    internal SageMakerEmulator Emulator => _emulator!;

    internal RecordingProxy Proxy => _proxy!;

    public async ValueTask InitializeAsync()
    {
        var server = new SmallServer(new ScriptedServer(TimeProvider.System), limit: 32_768);
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0 }, server);
        var variables = FunctionFixture.Variables(_emulator.Address);
        variables["MODELS"] = """
            [{"name":"small","aliases":["claude-sonnet-5-5"],"endpoint":"demo"},{"name":"small-text","endpoint":"demo","input":["text"]}]
            """;
        _lambda = await FunctionFixture.StartLambdaAsync(
            _emulator.Address, _log, options => options with { Variables = variables, MaxEnvironments = 50 });
        _proxy = await RecordingProxy.StartAsync(_lambda.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _lambda!.DisposeAsync();
        await Emulator.DisposeAsync();
    }
}
