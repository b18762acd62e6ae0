namespace LambdaChat.Observability;

/// <summary>Gives every category its <see cref="JsonLineLogger"/>: ours from Information, the framework's from Warning.</summary>
internal sealed class JsonLineLoggerProvider(TimeProvider timeProvider) : ILoggerProvider
{
    private readonly Stream _output = Console.OpenStandardOutput();

    public ILogger CreateLogger(string categoryName) => new JsonLineLogger(
        categoryName,
        categoryName.StartsWith(nameof(LambdaChat), StringComparison.Ordinal) || categoryName.StartsWith("Microsoft.Hosting.Lifetime", StringComparison.Ordinal)
            ? LogLevel.Information
            : LogLevel.Warning,
        _output,
        timeProvider);

    public void Dispose() => _output.Dispose();
}
