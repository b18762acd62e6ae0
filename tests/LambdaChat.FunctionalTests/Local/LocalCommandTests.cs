using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>Runs <c>LambdaChat.Local</c> as a user does.</summary>
public sealed partial class LocalCommandTests : IAsyncDisposable
{
    private readonly Log _log = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Dictionary<string, string?> _variables = new()
    {
        // Ignore the AWS settings of the user.
        ["AWS_REGION"] = null,
        ["AWS_DEFAULT_REGION"] = null,
        ["AWS_PROFILE"] = null,
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    private ChildProcess? _local;

    public async ValueTask DisposeAsync()
    {
        _local?.Kill();
        await (_local?.Exited ?? Task.CompletedTask).InTimeAsync();
        _local?.Dispose();
    }

    [Fact]
    public async Task Run_EmulatorKilledMidStream_ReportsLostConnection()
    {
        var local = Start("--pace", "5");
        var emulatorProcess = await ReadEmulatorIdAsync();
        using var client = await ReadClientAsync();
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":100000}"""));
        var events = new List<string>();
        while (events.Count < 11)
        {
            events.Add((await reply.ReadEventAsync())!);
        }

        Process.GetProcessById(emulatorProcess).Kill();
        events.AddRange(await reply.ReadToEndAsync());

        Reply.AssertFailed(
            events, events.Count - 5, "upstream_connection_lost", "The connection to SageMaker was lost before the reply was complete.");
        await _log.WaitForAsync("deepseek-r1 connection_lost 200 · ");
        await _log.WaitForAsync("The SageMaker emulator ended with exit code 137. Restart this command to start it again.");
        Assert.Equal(
            (
                502,
                """{"error":{"message":"SageMaker could not be reached. Try again.","type":"server_error","param":null,"code":"upstream_unreachable"}}"""),
            await Reply.AskAsync(client, Reply.Request()));
    }

    [Theory]
    [InlineData("-INT", 0)]
    [InlineData("-TERM", 0)]
    [InlineData("-KILL", 137)]
    public async Task Run_Signal_EndsAllChildProcesses(string signal, int code)
    {
        var local = Start();
        var emulatorProcess = Process.GetProcessById(await ReadEmulatorIdAsync());
        using var client = await ReadClientAsync();
        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")))[^1]);
        var functions = ProcessTree.ChildrenOf(local.Id).Where(id => id != emulatorProcess.Id).Select(Process.GetProcessById).ToList();
        Assert.Single(functions);

        using var kill = Process.Start("kill", $"{signal} {local.Id}");

        Assert.Equal(code, await local.Exited.InTimeAsync());
        await emulatorProcess.ExitInTimeAsync();
        await functions[0].ExitInTimeAsync();
    }

    [Fact]
    public async Task Run_PortInUse_PrintsError()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var local = Start("--port", port);

        Assert.Equal(1, await local.Exited.InTimeAsync());
        await _log.WaitForAsync($"Cannot listen on port {port}: ", "Set another with --port; 0 selects a free port.");
    }

    [Theory]
    [InlineData("--nonsense", "1", "Unknown option --nonsense. Run with --help for a list.")]
    [InlineData("--bind", "192.0.2.1", "--bind must be an address of this machine. 192.0.2.1 is not.")]
    [InlineData("--bind", "fe80::1", "--bind must be an address of this machine. fe80::1 is not.")]
    [InlineData(
        "--function",
        "/nowhere",
        "No function found in /nowhere. Build src/LambdaChat, or set --function to the folder of a published package.")]
    [InlineData("--endpoint", "demo", "No region is set. Set --region, AWS_REGION, or the region of the AWS profile.")]
    [InlineData("--endpoint=demo", "--profile=nope", "The AWS profile nope does not exist.")]
    public async Task Run_InvalidOption_PrintsError(string option, string value, string message)
    {
        var local = Start(option, value);

        Assert.Equal(1, await local.Exited.InTimeAsync());
        Assert.Equal(message, await _log.WaitForAsync(message));
    }

    [Fact]
    public async Task Run_HelpBesideAWrongOption_PrintsTheOptions()
    {
        var local = Start("--prot", "8081", "--help");

        Assert.Equal(0, await local.Exited);
        await _log.WaitForAsync("--port N ");
    }

    [Theory]
    [InlineData("0.0.0.0", "http://127.0.0.1:")]
    [InlineData("::", "http://[::1]:")]
    public async Task Run_BoundToAllAddresses_PrintsLoopbackUrl(string address, string url)
    {
        Assert.SkipUnless(address != "::" || Socket.OSSupportsIPv6, "IPv6 is not available.");
        var local = Start("--bind", address);
        using var client = await ReadClientAsync();

        Assert.StartsWith(url, client.BaseAddress!.ToString(), StringComparison.Ordinal);
        await _log.WaitForAsync($"Chat page:    {client.BaseAddress}#key={FunctionFixture.Key}");
        await _log.WaitForAsync($"curl -N '{client.BaseAddress}v1/chat/completions'");
        await _log.WaitForAsync("SageMaker emulator: http://127.0.0.1:");
        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")))[^1]);
    }

    [Fact]
    public async Task Run_StoppedMidStream_LogsNoFailure()
    {
        var local = Start("--pace", "5");
        using var client = await ReadClientAsync();
        await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":100000}"""));
        await reply.ReadEventAsync();

        using var kill = Process.Start("kill", $"-INT {local.Id}");

        Assert.Equal(0, await local.Exited.InTimeAsync());
        Assert.DoesNotContain(_lines, line => line.Contains("ExitError", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines, line => line.Contains("ended with exit code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_RealEndpoint_UsesProfileAndOptions()
    {
        var signing = EmulatorCredentials.Default;
        await using var emulator = await SageMakerEmulator.StartAsync(
            new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
        var profiles = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            profiles,
            $"""
            [default]
            region = eu-west-1
            [profile team]
            region = eu-north-1
            aws_access_key_id = {signing.AccessKeyId}
            aws_secret_access_key = {signing.SecretAccessKey}
            aws_session_token = {signing.SessionToken}
            """,
            TestContext.Current.CancellationToken);
        _variables["AWS_CONFIG_FILE"] = profiles;
        _variables["AWS_ACCESS_KEY_ID"] = "other";
        _variables["AWS_SECRET_ACCESS_KEY"] = "other";
        _variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = emulator.Address.ToString();
        var local = Start("--endpoint", "demo", "--profile", "team", "--component", "ic-1", "--served-name", "deepseek-ai/R1");
        using var client = await ReadClientAsync();
        var events = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""", """{"model":"default"}"""));

        Assert.Equal("[DONE]", events[^1]);
        var call = emulator.Calls.Single();
        Assert.Contains("/eu-north-1/sagemaker/aws4_request", call.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal(("ic-1", "deepseek-ai/R1"), (call.Headers["X-Amzn-SageMaker-Inference-Component"], (string?)call.Body["model"]));
        File.Delete(profiles);
    }

    private ChildProcess Start(params ReadOnlySpan<string> options)
    {
        var start =
            new ProcessStartInfo("env") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

        // If a script runs the tests in the background, SIGINT is ignored, and child processes inherit this.
        string[] command = ["--default-signal=INT", "dotnet", typeof(LocalRun).Assembly.Location];
        foreach (var option in (string[])[.. command, "--port", "0", "--key", FunctionFixture.Key, .. options])
        {
            start.ArgumentList.Add(option);
        }

        foreach (var (name, value) in _variables)
        {
            start.Environment[name] = value;
        }

        return _local = ChildProcess.Start(start, line =>
        {
            _lines.Enqueue(line);
            _log.Write(line);
        });
    }

    private async Task<int> ReadEmulatorIdAsync() =>
        int.Parse(
            ProcessIdPattern().Match(await _log.WaitForAsync("SageMaker emulator: ")).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private async Task<HttpClient> ReadClientAsync() =>
        FunctionFixture.CreateClient(new Uri((await _log.WaitForAsync("Function URL: "))["Function URL: ".Length..]));

    [GeneratedRegex(@"\(process (\d+)\)")]
    private static partial Regex ProcessIdPattern();
}
