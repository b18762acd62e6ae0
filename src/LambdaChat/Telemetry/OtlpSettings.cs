using LambdaChat.Configuration;

namespace LambdaChat.Telemetry;

/// <summary>
/// Validates variables that OpenTelemetry's exporter reads, because it ignores some wrong values, and throws an exception without the
/// variable's name for others. Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
/// </summary>
internal static class OtlpSettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    // For all signals, and for one.
    private static readonly string[] Signals = ["", "TRACES_", "METRICS_"];

    /// <exception cref="ConfigurationException">An address, a protocol or headers are invalid.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var signal in Signals)
        {
            configuration.GetAddress($"{Prefix}{signal}ENDPOINT", "http://localhost:4318");
            configuration.GetChoice($"{Prefix}{signal}PROTOCOL", "http/protobuf", ["grpc", "http/protobuf"]);
            CheckHeaders(configuration, $"{Prefix}{signal}HEADERS");
        }
    }

    private static void CheckHeaders(IConfiguration configuration, string name)
    {
        foreach (var header in configuration.GetList(name, ',') ?? [])
        {
            if (Uri.UnescapeDataString(header).IndexOf('=', StringComparison.Ordinal) < 1)
            {
                throw new ConfigurationException($"{name} must be name=value pairs, separated by commas.");
            }
        }
    }
}
