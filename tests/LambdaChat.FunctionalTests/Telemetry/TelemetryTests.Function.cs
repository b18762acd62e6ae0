using LambdaChat.FunctionalTests.Limits;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Telemetry;

// The function and its collector.
public sealed partial class TelemetryTests
{
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _answers.TrySetResult();
        if (_lambda is not null)
        {
            await _lambda.DisposeAsync();
        }

        await _collector.DisposeAsync();
    }

    private async Task StartAsync(bool hasCollector = true)
    {
        await _collector.StartAsync();
        _lambda = await StartLambdaAsync(hasCollector ? _collector.Address.ToString() : "");
        _client = FunctionFixture.CreateClient(_lambda.Url);
    }

    // The export intervals are long, so only the flush at the end of an invocation exports during a test.
    private Task<LocalLambda> StartLambdaAsync(string collector) =>
        FunctionFixture.StartLambdaAsync(function.Emulator.Address, _log, options => options with
        {
            MaxEnvironments = 1,
            IdleGrace = WaitLimit.Duration, // A request waits for the export of the one before.
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["MODELS"] =
                $$"""[{"name":"{{FunctionFixture.Model}}","endpoint":"demo"},{"name":"traced","endpoint":"demo","customAttributes":{"trace":true} }]""",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector,
                ["OTEL_BSP_SCHEDULE_DELAY"] = "600000",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "600000",
                ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "600000",
            },
        });
}
