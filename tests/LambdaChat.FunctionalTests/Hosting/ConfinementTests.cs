using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>
/// Lambda's confinement of the function: its memory size and a read-only file system. On a machine that cannot enforce them, the emulator
/// logs that, and the tests are skipped, which counts as failed in CI. The function's memory is measured there as well.
/// </summary>
public sealed partial class ConfinementTests(FunctionFixture function)
{
    private const int Smallest = 128;

    private readonly Log _log = new();

    [Fact]
    public async Task SmallestMemory_LongReplyAndLargestRequest_Succeed()
    {
        await using var lambda = await StartAsync(
            options => options with { MemorySize = Smallest, IsMemoryEnforced = FunctionFixture.IsPackage, IsReadOnly = true });
        using var client = FunctionFixture.CreateClient(lambda.Url);
        var largest = Reply.Request("""{"tokens":3}""");
        largest["messages"]![0]!["content"] = new string('x', (6 * 1024 * 1024) - 4096);

        var reply = await Reply.ReadAsync(client, Reply.Request("""{"tokens":20000}"""));
        var echo = await Reply.ReadAsync(client, largest);
        var whole = await Reply.AskAsync(client, Reply.Request("""{"tokens":20000}""", """{"stream":false}"""));

        Assert.Equal(("[DONE]", "[DONE]", 200), (reply[^1], echo[^1], whole.Status));
        Assert.InRange(reply.Count, 20_000, 20_010);
        Assert.Single(lambda.Environments.All); // No environment was replaced.
        if (FunctionFixture.IsPackage)
        {
            var used = MaxMemoryUsed().Match(await _log.WaitForAsync("REPORT RequestId")).Groups[1].Value;
            Assert.InRange(int.Parse(used, CultureInfo.InvariantCulture), 1, Smallest);
            Assert.InRange(lambda.Environments.All.Single().PeakMemory / (1024 * 1024), 1, Smallest);
        }
    }

    [Fact]
    public async Task Memory_TooSmall_FailsTheStart()
    {
        await using var lambda = await StartAsync(options => options with { MemorySize = 2, IsMemoryEnforced = true });
        try
        {
            await lambda.WarmUpAsync(TestContext.Current.CancellationToken);
        }
        catch (LocalException exception)
        {
            Assert.Equal("The function failed to start: it needs more than 2 MB of memory.", exception.Message);
            return;
        }

        await _log.WaitForAsync("The memory size is not enforced: no writable cgroup was found.");
        Assert.Skip("No writable cgroup was found.");
    }

    [Fact]
    public async Task ReadOnly_OnlyTmpIsWritable()
    {
        await using var lambda = await StartAsync(options => options with { IsReadOnly = true });
        await lambda.WarmUpAsync(TestContext.Current.CancellationToken);
        if (!Confinement.CanBeReadOnly)
        {
            await _log.WaitForAsync("The file system is writable: this user cannot create mount namespaces.");
            Assert.Skip("This user cannot create mount namespaces.");
        }

        var id = lambda.Environments.All.Single().ProcessId;
        string[] folders = [FunctionFixture.FunctionPath, "/", "/var/tmp", "/tmp"];
        var canWrite = await Task.WhenAll(folders.Select(folder => CanWriteAsync(id, folder)));

        Assert.Equal([false, false, false, true], canWrite);
    }

    private static async Task<bool> CanWriteAsync(int processId, string folder)
    {
        var file = Path.Combine(folder, $"lambdachat-{Guid.NewGuid():n}");
        string[] arguments = ["--mount", $"--target={processId}", "touch", file];
        using var touch = Process.Start(new ProcessStartInfo("nsenter", arguments) { RedirectStandardError = true })!;
        await touch.ExitInTimeAsync();
        return touch.ExitCode == 0;
    }

    private Task<LocalLambda> StartAsync(Func<LambdaOptions, LambdaOptions> configure) =>
        FunctionFixture.StartLambdaAsync(
            function.Emulator.Address, _log, options => configure(options with { IdleGrace = WaitLimit.Duration }));

    [GeneratedRegex(@"Max Memory Used: (\d+) MB")]
    private static partial Regex MaxMemoryUsed();
}
