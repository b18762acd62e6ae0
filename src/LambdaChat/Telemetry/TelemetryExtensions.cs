using System.Runtime.CompilerServices;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.Telemetry.Metrics;
using LambdaChat.Telemetry.Tracing;

namespace LambdaChat.Telemetry;

internal static class TelemetryExtensions
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Registers metrics, spans and their exporter where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector; nothing elsewhere.</summary>
    /// <exception cref="ConfigurationException">It is no address.</exception>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (IsConfigured(configuration))
        {
            Add(services, configuration);
        }
    }

    /// <summary>In front of everything, where telemetry is configured: a span's time is the whole request's.</summary>
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

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads OpenTelemetry.
    private static void Add(IServiceCollection services, IConfiguration configuration)
    {
        foreach (var name in Endpoints)
        {
            configuration.GetAddress(name, "http://localhost:4318");
        }

        services.AddMetrics();
        services.AddSingleton<ChatMetrics>();
        services.AddSingleton<ReplySpans>();
        services.AddSingleton<ReplyTelemetry>();
        services.AddSingleton(provider => new OtlpExporter(configuration, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OtlpExporter>>()));
        services.AddSingleton(provider => new RequestSpans(
            provider.GetRequiredService<ReplySpans>(),
            provider.GetRequiredService<OtlpExporter>(),
            isFrozenBetween: provider.GetService<LambdaEnvironment>() is { MaxConcurrency: 1 }));
    }
}
