using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// A function with a model for each case, its own SageMaker emulator, and a proxy in front that records the responses to the clients.
/// </summary>
public sealed class ApiClientFixture : IAsyncLifetime
{
    private readonly Log _log = new();
    private SageMakerEmulator? _emulator;
    private LocalLambda? _lambda;
    private RecordingProxy? _proxy;

    internal SageMakerEmulator Emulator => _emulator!;

    internal RecordingProxy Proxy => _proxy!;

    internal ClientRows Rows { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _emulator = await SageMakerEmulator.StartAsync(new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
        var variables = FunctionFixture.Variables(_emulator.Address);
        variables["MODELS"] = ClientModels.Variable;
        variables["HEARTBEAT_SECONDS"] = "1";
        _lambda = await FunctionFixture.StartLambdaAsync(
            _emulator.Address, _log, options => options with { Variables = variables, MaxEnvironments = 50 });
        _proxy = await RecordingProxy.StartAsync(_lambda.Url);
        Rows = new ClientRows(this);
    }

    public async ValueTask DisposeAsync()
    {
        Rows.Dispose();
        await Proxy.DisposeAsync();
        await _lambda!.DisposeAsync();
        await Emulator.DisposeAsync();
    }
}
