using System.Runtime.CompilerServices;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Tracing;

namespace LambdaChat.Telemetry;

internal static class TelemetryExtensions
{
    private static readonly string[] Endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Registers the logger factory and the log line of replies.</summary>
    /// <exception cref="ConfigurationException"><c>METRICS</c> is invalid.</exception>
    public static void AddLogLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.Services.AddSingleton(_ => LogOutput.Open(configuration));
        logging.Services.AddSingleton<ILoggerFactory, LineLoggerFactory>();
        logging.Services.AddSingleton(ReplyLogLine.Read(configuration));
    }

    /// <summary>Registers metrics, spans and their exporter if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
    /// <exception cref="ConfigurationException">A variable of the exporter is invalid.</exception>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (IsConfigured(configuration))
        {
            Add(services, configuration);
        }
    }

    /// <summary>Adds the request spans. It has to be the outermost middleware, because a span measures the whole request.</summary>
    public static void UseTelemetry(this WebApplication app)
    {
        if (IsConfigured(app.Configuration))
        {
            app.Use(app.Services.GetRequiredService<RequestSpans>().InvokeAsync);
        }
    }

    private static bool IsConfigured(IConfiguration configuration) =>
        Array.Exists(Endpoints, name => !string.IsNullOrEmpty(configuration[name]))
        && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    [MethodImpl(MethodImplOptions.NoInlining)] // Loads OpenTelemetry only if it is called.
    private static void Add(IServiceCollection services, IConfiguration configuration)
    {
        OtlpSettings.Check(configuration);

        services.AddMetrics();
        services.AddSingleton<ChatMetrics>();
        services.AddSingleton<ReplySpans>();
        services.AddSingleton(provider => new OtlpExporter(
            configuration, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OtlpExporter>>()));
        services.AddSingleton(CreateRequestSpans);
    }

    // Between two invocations Lambda freezes the process, so that the exporter's timers do not run.
    private static RequestSpans CreateRequestSpans(IServiceProvider services)
    {
        var exporter = services.GetRequiredService<OtlpExporter>();
        var isFrozenBetween = services.GetService<LambdaEnvironment>() is { MaxConcurrency: 1 };
        return new RequestSpans(services.GetRequiredService<ReplySpans>(), isFrozenBetween ? exporter.FlushAsync : null);
    }
}
