using System.Threading.Channels;

namespace LambdaChat.FunctionalTests.Support;

/// <summary>What the function prints and what Lambda says of it, line by line, for tests that wait for a line.</summary>
internal sealed class Log
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // A line that never comes fails its test, and does not hang the run.

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<Channel<string>> _readers = [];

    /// <summary>All lines so far.</summary>
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

    /// <summary>The first line with that text, past or to come.</summary>
    public async Task<string> WaitForAsync(params string[] texts)
    {
        var reader = Channel.CreateUnbounded<string>();
        lock (_lock)
        {
            _lines.ForEach(line => reader.Writer.TryWrite(line));
            _readers.Add(reader);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await foreach (var line in reader.Reader.ReadAllAsync(patience.Token))
        {
            if (texts.All(text => line.Contains(text, StringComparison.Ordinal)))
            {
                return line;
            }
        }

        throw new InvalidOperationException("The log ended.");
    }
}
