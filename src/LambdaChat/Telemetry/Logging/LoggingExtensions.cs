namespace LambdaChat.Telemetry.Logging;

internal static class LoggingExtensions
{
    public static void AddLogLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.Services.AddSingleton(_ => LogOutput.Open(configuration));
        logging.Services.AddSingleton<ILoggerFactory, LineLoggerFactory>();
    }
}
