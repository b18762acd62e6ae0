using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LambdaChat.Local;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests;

/// <summary><c>dotnet run --project src/LambdaChat.Local</c> as a user starts it.</summary>
public sealed partial class LocalCommandTests
{
    private readonly Log _log = new();
    private readonly Dictionary<string, string?> _variables = new()
    {
        // The user's own AWS settings have no part in a test.
        ["AWS_REGION"] = null,
        ["AWS_DEFAULT_REGION"] = null,
        ["AWS_PROFILE"] = null,
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    [Fact]
    public async Task Run_StandInKilledMidStream_IsToldAndTheNextRequestIsServed()
    {
        using var local = Start("--pace", "5");
        try
        {
            var standIn = await ReadStandInAsync();
            using var client = await ReadClientAsync();
            await using var reply = await Reply.StartAsync(client, Reply.Request("""{"tokens":100000}"""));
            var events = new List<string>();
            while (events.Count < 11)
            {
                events.Add((await reply.ReadEventAsync())!);
            }

            Process.GetProcessById(standIn).Kill();
            events.AddRange(await reply.ReadToEndAsync());

            Reply.AssertFailed(events, events.Count - 4, "upstream_connection_lost", "The connection to the model was lost.");
            await _log.WaitForAsync("failed with ConnectionLost");
            Assert.Equal(
                (502, """{"error":{"message":"SageMaker could not be reached. Try again.","type":"server_error","param":null,"code":"upstream_unreachable"}}"""),
                await Reply.AskAsync(client, Reply.Request()));
        }
        finally
        {
            local.Kill();
            await local.Exited;
        }
    }

    [Theory]
    [InlineData("-INT", 0)]
    [InlineData("-TERM", 0)]
    [InlineData("-KILL", 137)]
    public async Task Run_Stopped_EndsEveryChild(string signal, int code)
    {
        using var local = Start();
        var standIn = Process.GetProcessById(await ReadStandInAsync());
        using var client = await ReadClientAsync();
        Assert.Equal("[DONE]", (await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""")))[^1]);
        var functions = Children(local.Id).Where(id => id != standIn.Id).Select(Process.GetProcessById).ToList();
        Assert.Single(functions);

        using var kill = Process.Start("kill", $"{signal} {local.Id}");

        Assert.Equal(code, await local.Exited);
        await standIn.WaitForExitAsync(TestContext.Current.CancellationToken);
        await functions[0].WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Run_PortInUse_IsOneSentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        using var local = Start("--port", port);

        Assert.Equal(1, await local.Exited);
        await _log.WaitForAsync($"Nothing can listen on port {port}: ", "Name another with --port or --sagemaker-port; 0 takes a free one.");
    }

    [Theory]
    [InlineData("--nonsense", "1", "--nonsense is no option or lacks its value.")]
    [InlineData("--pace", "fast", "--pace must be a number from 0 to 60000.")]
    [InlineData("--only", "half", "--only must be sagemaker or lambda.")]
    [InlineData("--function", "/nowhere", "There is no function in /nowhere: build src/LambdaChat, or name a published folder with --function.")]
    [InlineData("--only", "lambda", "--only lambda needs --sagemaker URL or --endpoint NAME.")]
    [InlineData("--endpoint", "demo", "--region is needed: neither AWS_REGION nor the AWS profile names a region.")]
    public async Task Run_WrongOption_IsOneSentence(string option, string value, string sentence)
    {
        using var local = Start(option, value);

        Assert.Equal(1, await local.Exited);
        await _log.WaitForAsync(sentence);
    }

    [Fact]
    public async Task Run_RealEndpoint_TakesCredentialsAndRegionFromTheProfile()
    {
        var signing = StandInCredentials.Default;
        await using var standIn = await StandIn.StartAsync(new StandInOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));
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
        _variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = standIn.Address.ToString();
        using var local = Start("--endpoint", "demo", "--profile", "team");
        try
        {
            using var client = await ReadClientAsync();
            var events = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""", """{"model":"default"}"""));

            Assert.Equal("[DONE]", events[^1]);
            Assert.Contains("/eu-north-1/sagemaker/aws4_request", standIn.Calls.Single().Headers["Authorization"], StringComparison.Ordinal);
        }
        finally
        {
            local.Kill();
            await local.Exited;
            File.Delete(profiles);
        }
    }

    private ChildProcess Start(params ReadOnlySpan<string> options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(typeof(LocalRun).Assembly.Location);
        foreach (var option in (string[])["--port", "0", "--key", FunctionFixture.Key, .. options])
        {
            start.ArgumentList.Add(option);
        }

        foreach (var (name, value) in _variables)
        {
            start.Environment[name] = value;
        }

        return ChildProcess.Start(start, _log.Write);
    }

    private async Task<int> ReadStandInAsync() =>
        int.Parse(StandInLine().Match(await _log.WaitForAsync("SageMaker stand-in: ")).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private async Task<HttpClient> ReadClientAsync() =>
        FunctionFixture.CreateClient(new Uri((await _log.WaitForAsync("Function URL: "))["Function URL: ".Length..]));

    private static IEnumerable<int> Children(int parent) =>
        Process.GetProcesses().Select(process => process.Id).Where(id =>
        {
            try
            {
                return File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ')[2] == parent.ToString(CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return false; // It has ended meanwhile.
            }
        });

    [GeneratedRegex(@"\(process (\d+)\)")]
    private static partial Regex StandInLine();
}
