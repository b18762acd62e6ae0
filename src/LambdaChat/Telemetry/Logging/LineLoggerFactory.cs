using System.Collections.Concurrent;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Gives every category its <see cref="LineLogger"/>: ours from the output's level on, the framework's from Warning at the earliest,
/// since below that it may quote requests. It stands in the place of the framework's factory, whose providers, filters and options nobody
/// configures here and every start would pay for.
/// </summary>
internal sealed class LineLoggerFactory(LogOutput output, TimeProvider timeProvider) : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new();

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, factory) => factory.Create(name), this);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("Log lines go to standard output only.");

    public void Dispose()
    {
        // The output is the container's.
    }

    private LineLogger Create(string category)
    {
        var isOurs = category.StartsWith(nameof(LambdaChat), StringComparison.Ordinal) || category == "Microsoft.Hosting.Lifetime";
        var minimum = isOurs || output.Minimum > LogLevel.Warning ? output.Minimum : LogLevel.Warning;
        return new LineLogger(category, minimum, output, timeProvider);
    }
}
