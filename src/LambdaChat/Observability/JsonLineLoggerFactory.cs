using System.Collections.Concurrent;

namespace LambdaChat.Observability;

/// <summary>
/// Gives every category its <see cref="JsonLineLogger"/>: ours from Information, the framework's from Warning. It stands in the place of
/// the framework's factory, whose providers, filters and options nobody configures here and every start would pay for.
/// </summary>
internal sealed class JsonLineLoggerFactory(TimeProvider timeProvider) : ILoggerFactory
{
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new();

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, factory) => factory.Create(name), this);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("Log lines go to standard output only.");

    public void Dispose() => _output.Dispose();

    private JsonLineLogger Create(string category)
    {
        var isOurs = category.StartsWith(nameof(LambdaChat), StringComparison.Ordinal) || category == "Microsoft.Hosting.Lifetime";
        return new JsonLineLogger(category, isOurs ? LogLevel.Information : LogLevel.Warning, _output, timeProvider);
    }
}
