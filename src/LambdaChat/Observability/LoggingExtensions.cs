namespace LambdaChat.Observability;

internal static class LoggingExtensions
{
    public static void AddLogLines(this ILoggingBuilder logging) =>
        logging.Services.AddSingleton<ILoggerFactory, JsonLineLoggerFactory>();
}
