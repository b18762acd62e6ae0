namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Where log lines go, in which form, and from which level on: as Lambda's settings for the function say. Sources:
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html and
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
/// </summary>
/// <param name="isText">True for lines of text, false for JSON objects.</param>
/// <param name="minimum">Lines below it are not written.</param>
internal sealed class LogOutput(Stream stream, bool isText = false, LogLevel minimum = LogLevel.Information) : IDisposable
{
    private readonly Lock _lock = new();

    public bool IsText => isText;

    public LogLevel Minimum => minimum;

    /// <summary>Standard output, by <c>AWS_LAMBDA_LOG_FORMAT</c> (JSON where it is not set) and <c>AWS_LAMBDA_LOG_LEVEL</c> (INFO).</summary>
    public static LogOutput Open(IConfiguration configuration) => new(
        Console.OpenStandardOutput(),
        string.Equals(configuration["AWS_LAMBDA_LOG_FORMAT"], "Text", StringComparison.OrdinalIgnoreCase),
        ParseLevel(configuration["AWS_LAMBDA_LOG_LEVEL"]));

    /// <summary>The level by Lambda's name of it; Information where it is none.</summary>
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

    /// <summary>Writes a line that ends with a line feed, before the call returns: Lambda freezes the process at the end of an invocation.</summary>
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
