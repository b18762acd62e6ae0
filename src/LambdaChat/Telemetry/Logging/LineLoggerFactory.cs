using System.Collections.Concurrent;

namespace LambdaChat.Telemetry.Logging;

/// <summary>
/// Creates a <see cref="LineLogger"/> for each category. The function's own categories use the configured level. The framework's categories
/// start at Warning, because lower levels may quote requests. It replaces the framework's factory, whose providers, filters and options
/// lengthen every cold start.
/// </summary>
internal sealed class LineLoggerFactory(LogOutput output, TimeProvider timeProvider) : ILoggerFactory
{
    // The host creates an activity and a log scope for each request if this category is on, which only logs the start and end of requests.
    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // At Error, the host logs the exceptions that it also throws when it starts or stops.
    private const string HostLog = "Microsoft.Extensions.Hosting.Internal.Host";

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new();

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, factory) => factory.Create(name), this);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("Log lines are written to standard output only.");

    public void Dispose()
    {
        // The service container owns the output.
    }

    private LineLogger Create(string category)
    {
        var isOurs = category.StartsWith(nameof(LambdaChat), StringComparison.Ordinal) || category == "Microsoft.Hosting.Lifetime";
        var minimum = category == RequestLog ? LogLevel.None
            : category == HostLog ? LogLevel.Critical
            : isOurs || output.Minimum > LogLevel.Warning ? output.Minimum
            : LogLevel.Warning;
        return new LineLogger(category, minimum, output, timeProvider);
    }
}
