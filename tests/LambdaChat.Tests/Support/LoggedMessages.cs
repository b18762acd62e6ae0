using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LambdaChat.Tests.Support;

/// <summary>The log messages of an application.</summary>
internal sealed class LoggedMessages : ILoggerProvider, ILogger
{
    private readonly Channel<(LogLevel Level, string Message)> _messages = Channel.CreateUnbounded<(LogLevel, string)>();

    public void AddTo(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().AddProvider(this);

    /// <summary>Waits for a message of this level.</summary>
    public async Task<string> WaitForAsync(LogLevel level)
    {
        using var limit = WaitLimit.Start();
        await foreach (var (own, message) in _messages.Reader.ReadAllAsync(limit.Token))
        {
            if (own == level)
            {
                return message;
            }
        }

        throw new InvalidOperationException($"No message of level {level} was logged.");
    }

    /// <summary>The messages of this level that were not read.</summary>
    public IEnumerable<string> TakeAll(LogLevel level)
    {
        while (_messages.Reader.TryRead(out var entry))
        {
            if (entry.Level == level)
            {
                yield return entry.Message;
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Writer.TryWrite((logLevel, formatter(state, exception)));

    public void Dispose()
    {
        // Nothing to release.
    }
}
