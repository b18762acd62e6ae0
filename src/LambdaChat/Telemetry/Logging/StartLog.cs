namespace LambdaChat.Telemetry.Logging;

/// <summary>The log of a function that does not start. It has no services, and so no logger.</summary>
internal static partial class StartLog
{
    /// <summary>Writes a line at level FATAL, which the dashboard finds.</summary>
    public static void Write(string reason)
    {
        using var output = new LogOutput(Console.OpenStandardOutput());
        DoesNotStart(new LineLogger(nameof(LambdaChat), LogLevel.Critical, output, TimeProvider.System), reason);
    }

    [LoggerMessage(LogLevel.Critical, "The function does not start. {Reason}")]
    private static partial void DoesNotStart(ILogger logger, string reason);
}
