using System.Threading.Channels;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>The log lines of the function and of Lambda. Tests can wait for a line.</summary>
internal sealed class Log
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<Channel<string>> _readers = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public void Write(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            _readers.ForEach(reader => reader.Writer.TryWrite(line));
        }
    }

    /// <summary>Returns the first line that contains all texts, and waits for it if necessary.</summary>
    public async Task<string> WaitForAsync(params string[] texts)
    {
        var reader = Channel.CreateUnbounded<string>();
        lock (_lock)
        {
            _lines.ForEach(line => reader.Writer.TryWrite(line));
            _readers.Add(reader);
        }

        using var limit = WaitLimit.Start();
        await foreach (var line in reader.Reader.ReadAllAsync(limit.Token))
        {
            if (texts.All(text => line.Contains(text, StringComparison.Ordinal)))
            {
                return line;
            }
        }

        throw new InvalidOperationException("The log ended.");
    }
}
