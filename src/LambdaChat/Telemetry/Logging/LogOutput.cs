namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// The destination and the minimum level of log lines. Each line is a JSON object, in both of Lambda's log formats: Lambda does not encode
/// such a line again. <c>AWS_LAMBDA_LOG_FORMAT</c> is not read, because Lambda sets it to Text for each function that selects no format.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html and
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
/// </summary>
/// <param name="minimum">Lines below this level are not written.</param>
internal sealed class LogOutput(Stream stream, LogLevel minimum = LogLevel.Information) : IDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();

    public LogLevel Minimum => minimum;

    /// <summary>Standard output, with <c>AWS_LAMBDA_LOG_LEVEL</c> (default INFO). Outside Lambda, a thread writes the lines.</summary>
    public static LogOutput Open(IConfiguration configuration)
    {
        var output = Console.OpenStandardOutput();
        var isOnLambda = !string.IsNullOrEmpty(configuration["AWS_LAMBDA_RUNTIME_API"]);
        return new LogOutput(isOnLambda ? output : new LogQueue(output, EndTimeout), ParseLevel(configuration["AWS_LAMBDA_LOG_LEVEL"]));
    }

    /// <summary>Parses Lambda's name of a level. Unknown names are Information.</summary>
    public static LogLevel ParseLevel(string? name) => name?.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "FATAL" => LogLevel.Critical,
        _ => LogLevel.Information,
    };

    /// <summary>Lambda's name of a level.</summary>
    public static ReadOnlySpan<byte> NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE"u8,
        LogLevel.Debug => "DEBUG"u8,
        LogLevel.Information => "INFO"u8,
        LogLevel.Warning => "WARN"u8,
        LogLevel.Error => "ERROR"u8,
        _ => "FATAL"u8,
    };

    /// <summary>
    /// Writes and flushes a line that ends with a line feed. Lambda freezes the process after an invocation, so nothing is queued there.
    /// </summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            stream.Write(line);
            stream.Flush();
        }
    }

    public void Dispose() => stream.Dispose();
}
