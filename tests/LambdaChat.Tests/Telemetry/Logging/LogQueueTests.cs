using System.Globalization;
using System.Text;
using LambdaChat.Telemetry.Logging;

namespace LambdaChat.Tests.Telemetry.Logging;

public sealed class LogQueueTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BlockingStream _stream = new();
    private readonly LogOutput _output;

    public LogQueueTests() => _output = new LogOutput(new LogQueue(_stream, Patience));

    public void Dispose()
    {
        _stream.Release();
        _output.Dispose();
    }

    [Fact]
    public void Lines_AreWrittenInOrderAtTheEnd()
    {
        _stream.Release();
        for (var i = 0; i < 1000; i++)
        {
            Write($"line {i}");
        }

        _output.Dispose();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"line {i}"), _stream.Lines);
    }

    [Fact]
    public async Task Lines_WhileNobodyReads_DoNotWaitAndAreDroppedAboveTheCapacity()
    {
        Write("first");
        await _stream.Writing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var line = new string('x', (256 * 1024) - 1);
        for (var i = 0; i < 7; i++)
        {
            Write(line);
        }

        _stream.Release();
        _output.Dispose();

        Assert.Equal(["first", line, line, line, line], _stream.Lines[..5]);
        Assert.Contains(
            "\"message\":\"3 log lines were dropped, because standard output was not read.\"", Assert.Single(_stream.Lines[5..]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_WhileNobodyReads_DoesNotWaitForLong()
    {
        using var output = new LogOutput(new LogQueue(_stream, TimeSpan.Zero));
        output.Write("line\n"u8);
        await _stream.Writing.WaitAsync(Patience, TestContext.Current.CancellationToken);

        output.Dispose();

        Assert.Empty(_stream.Lines);
    }

    [Fact]
    public void Lines_AfterAnErrorOfTheStream_AreWritten()
    {
        _stream.Failures = 1;
        _stream.Release();
        Write("first");
        _stream.Failed.Wait(Patience, TestContext.Current.CancellationToken);
        Write("second");

        _output.Dispose();

        Assert.Equal(["second"], _stream.Lines);
    }

    private void Write(string line) => _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{line}\n")));

    /// <summary>A standard output that is not read until the test releases it.</summary>
    private sealed class BlockingStream : MemoryStream
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly TaskCompletionSource _writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly StringBuilder _text = new();

        public Task Writing => _writing.Task;

        public ManualResetEventSlim Failed { get; } = new();

        public int Failures { get; set; }

        public string[] Lines => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public void Release() => _released.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _writing.TrySetResult();
            _released.Wait();
            if (Failures-- > 0)
            {
                Failed.Set();
                throw new IOException();
            }

            _text.Append(Encoding.ASCII.GetString(buffer));
        }
    }
}
