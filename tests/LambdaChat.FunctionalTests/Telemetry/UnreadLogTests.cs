using System.Diagnostics;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>A web server whose standard output nobody reads, as with a log driver that waits for its service.</summary>
public sealed class UnreadLogTests(FunctionFixture function)
{
    private const string Listening = "Now listening on: ";
    private const int Replies = 150; // Their log lines exceed the pipe, which takes 64 KB, and the buffer of its reader.

    [Fact]
    public async Task Replies_WhileNobodyReadsTheLog_End()
    {
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var (name, value) in FunctionFixture.Variables(function.Emulator.Address))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            using var client = FunctionFixture.CreateClient(await ReadUrlAsync(process));
            for (var i = 0; i < Replies; i++)
            {
                Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")).InTimeAsync())[^1]);
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.ExitInTimeAsync();
        }
    }

    private static async Task<Uri> ReadUrlAsync(Process process)
    {
        while (true)
        {
            var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().InTimeAsync();
            Assert.NotNull(line);
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                return new Uri(line[(at + Listening.Length)..].Split('"')[0]);
            }
        }
    }
}
