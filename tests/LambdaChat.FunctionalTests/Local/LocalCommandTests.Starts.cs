using System.Diagnostics;
using LambdaChat.FunctionalTests.Limits;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Local;

// Environments that do not start.
public sealed partial class LocalCommandTests
{
    [Fact]
    public async Task Run_FunctionIsRemoved_FailedStartsKeepNoPort()
    {
        var folder = Directory.CreateTempSubdirectory("function-");
        foreach (var file in Directory.GetFileSystemEntries(FunctionFixture.FunctionPath))
        {
            File.CreateSymbolicLink(Path.Combine(folder.FullName, Path.GetFileName(file)), file);
        }

        var local = Start("--function", folder.FullName);
        var emulator = await ReadEmulatorIdAsync();
        using var client = await ReadClientAsync();
        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")))[^1]);
        var ports = CountPorts(local.Id);
        folder.Delete(recursive: true);
        using (var function = Process.GetProcessById(ProcessTree.ChildrenOf(local.Id).Single(id => id != emulator)))
        {
            function.Kill();
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(502, (await Reply.AskAsync(client, Reply.Request())).Status);
        }

        await TableExtensions.UntilAsync(() => Task.FromResult(CountPorts(local.Id)), count => count == ports - 1);
    }

    // The listening sockets of a process. Source: https://docs.kernel.org/networking/proc_net_tcp.html
    private static int CountPorts(int process)
    {
        var listening = File.ReadLines($"/proc/{process}/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == "0A").Select(fields => $"socket:[{fields[9]}]").ToHashSet();
        return Directory.GetFiles($"/proc/{process}/fd").Count(file => listening.Contains(new FileInfo(file).LinkTarget ?? ""));
    }
}
