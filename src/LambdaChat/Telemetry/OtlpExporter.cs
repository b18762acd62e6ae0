using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Tracing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LambdaChat.Telemetry;

/// <summary>
/// OpenTelemetry's exporters of metrics and spans, configured by its own variables, <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> first. Two things
/// differ from its defaults: HTTP carries what no variable says otherwise about, and the service is named <c>lambdachat</c>.
/// Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
/// </summary>
internal sealed partial class OtlpExporter : IDisposable
{
    private const int FlushMilliseconds = 200;

    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TracerProvider _tracer;
    private readonly MeterProvider _meter;
    private Task<bool> _flush = Task.FromResult(true);
    private bool _isTold;

    public OtlpExporter(IConfiguration configuration, TimeProvider timeProvider, ILogger<OtlpExporter> logger)
    {
        _timeProvider = timeProvider;
        _logger = logger;
        _tracer = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(Resource(configuration))
            .AddSource(ReplySpans.SourceName)
            .AddOtlpExporter(options => UseHttp(options, configuration, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"))
            .Build();
        _meter = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(Resource(configuration))
            .AddMeter(ChatMetrics.MeterName)
            .AddOtlpExporter(options => UseHttp(options, configuration, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"))
            .Build();
    }

    /// <summary>
    /// Sends what is at hand, and returns after 200 ms at the latest: a collector that is slower gets it when the process runs again.
    /// On a thread of its own, since exporters block, and whoever calls may be the thread on which their sockets' bytes arrive.
    /// </summary>
    public async Task FlushAsync()
    {
        if (_flush.IsCompleted)
        {
            _flush = FlushAllAsync();
        }

        await ((Task)_flush).WaitAsync(TimeSpan.FromMilliseconds(FlushMilliseconds), _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isSent = _flush.IsCompletedSuccessfully && await _flush;
        if (!isSent && !_isTold)
        {
            NotSent(_logger, FlushMilliseconds);
        }

        _isTold = !isSent;
    }

    public void Dispose()
    {
        _tracer.Dispose();
        _meter.Dispose();
    }

    private async Task<bool> FlushAllAsync()
    {
        var spans = Task.Run(() => _tracer.ForceFlush(FlushMilliseconds));
        var metrics = Task.Run(() => _meter.ForceFlush(FlushMilliseconds));
        await Task.WhenAll(spans, metrics);
        return await spans && await metrics;
    }

    // What the operator says in OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES comes last and wins.
    private static ResourceBuilder Resource(IConfiguration configuration)
    {
        var attributes = new Dictionary<string, object>();
        Add("cloud.region", "AWS_REGION");
        Add("faas.name", "AWS_LAMBDA_FUNCTION_NAME");
        Add("faas.version", "AWS_LAMBDA_FUNCTION_VERSION");
        return ResourceBuilder.CreateEmpty().AddService("lambdachat").AddAttributes(attributes).AddTelemetrySdk().AddEnvironmentVariableDetector();

        void Add(string name, string variable)
        {
            if (configuration[variable] is { Length: > 0 } value)
            {
                attributes[name] = value;
            }
        }
    }

    private static void UseHttp(OtlpExporterOptions options, IConfiguration configuration, string variable)
    {
        if (string.IsNullOrEmpty(configuration[variable]) && string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_PROTOCOL"]))
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Telemetry was not taken within {Milliseconds} ms; what is not taken later is lost.")]
    private static partial void NotSent(ILogger logger, int milliseconds);
}
