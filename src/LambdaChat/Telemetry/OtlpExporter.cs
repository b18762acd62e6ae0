using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Tracing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LambdaChat.Telemetry;

/// <summary>
/// Exports metrics and spans with OpenTelemetry, configured by the <c>OTEL_*</c> variables. Two defaults differ from OpenTelemetry's: the
/// protocol is <c>http/protobuf</c>, and the service name is <c>lambdachat</c>.
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
    private bool _isWarned;

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
    /// Exports all pending metrics and spans. Returns after at most 200 ms; a slower export continues when the process runs again.
    /// The exporters block, so they run on other threads: the caller's thread may be the one that their sockets need.
    /// </summary>
    public async Task FlushAsync()
    {
        if (_flush.IsCompleted)
        {
            _flush = FlushAllAsync();
        }

        await ((Task)_flush).WaitAsync(TimeSpan.FromMilliseconds(FlushMilliseconds), _timeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isSent = _flush.IsCompletedSuccessfully && await _flush;
        if (!isSent && !_isWarned)
        {
            ExportIsLate(FlushMilliseconds);
        }

        _isWarned = !isSent;
    }

    public void Dispose()
    {
        _tracer.Dispose();
        _meter.Dispose();
    }

    private async Task<bool> FlushAllAsync()
    {
        var spans = Task.Run(() => _tracer.ForceFlush(FlushMilliseconds));
        var metrics = Task.Run(() => _meter.ForceFlush()); // With a limit, it skips the export after a slow collection.
        await Task.WhenAll(spans, metrics);
        return await spans && await metrics;
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read last and take precedence.
    private static ResourceBuilder Resource(IConfiguration configuration)
    {
        var attributes = new Dictionary<string, object>();
        Add("cloud.region", "AWS_REGION");
        Add("faas.name", "AWS_LAMBDA_FUNCTION_NAME");
        Add("faas.version", "AWS_LAMBDA_FUNCTION_VERSION");
        return ResourceBuilder.CreateEmpty()
            .AddService("lambdachat")
            .AddAttributes(attributes)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

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

    [LoggerMessage(
        LogLevel.Warning,
        "The collector did not accept metrics and spans within {Milliseconds} ms. Data that it does not accept later is lost.")]
    private partial void ExportIsLate(int milliseconds);
}
