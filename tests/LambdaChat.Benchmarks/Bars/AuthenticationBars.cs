using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>The overhead of authentication: the published function without authentication, with a key and with a token.</summary>
internal sealed class AuthenticationBars
{
    private const string Key = "bars";
    private const string Open = "open";
    private const string WithKey = "key";
    private const string WithToken = "token";
    private const string Bare = "RSA";
    private const string OpenStart = "open start";
    private const string KeyStart = "key start";

    private readonly Dictionary<string, List<double>> _values = [];

    public static async Task<IReadOnlyList<Bar>> MeasureAsync(string package, bool isSmoke)
    {
        var (rounds, starts, requests) = isSmoke ? (1, 1, 20) : (9, 40, 1_000);
        using var emulator = await EmulatorProcess.StartAsync();
        await using var issuer = await BarsIssuer.StartAsync();
        var bars = new AuthenticationBars();
        for (var i = 0; i < starts; i++)
        {
            // In alternating order, because the second of a pair benefits from the caches of the first.
            await bars.MeasureStartAsync(i % 2 == 0 ? OpenStart : KeyStart, package, emulator.Address);
            await bars.MeasureStartAsync(i % 2 == 0 ? KeyStart : OpenStart, package, emulator.Address);
        }

        await bars.MeasureRequestsAsync(package, emulator.Address, issuer, rounds, requests);
        return bars.ToBars();
    }

    private static Dictionary<string, string> OpenVariables => new() { ["OPEN_ACCESS"] = "true" };

    private static Dictionary<string, string> KeyVariables =>
        new() { ["API_KEYS"] = $"bars={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}" };

    private IReadOnlyList<Bar> ToBars()
    {
        var (open, key, token, bare) = (_values[Open], _values[WithKey], _values[WithToken], _values[Bare]);
        return
        [
            new Bar("CPU of a warm request with a key, times that of one without", Rounds.Median(key.Zip(open, (a, b) => a / b)), "0.00 ×",
                1.1, IsAtLeast: false, "1.0 ×"),
            new Bar(
                "CPU that a token adds to a warm request, times a bare RSA-2048 verification",
                Rounds.Median(token.Zip(open.Zip(bare), (a, b) => (a - b.First) / b.Second)), "0.0 ×", 8, IsAtLeast: false, "4 ×"),
            new Bar("start with keys only, times start without", Rounds.Median(_values[KeyStart].Zip(_values[OpenStart], (a, b) => a / b)),
                "0.00 ×", 1.05, IsAtLeast: false, "1.0 ×"),
        ];
    }

    private async Task MeasureStartAsync(string row, string package, Uri sageMaker)
    {
        await using var lambda = await StartAsync(package, sageMaker, row == KeyStart ? KeyVariables : OpenVariables);
        await lambda.WarmUpAsync(CancellationToken.None);
        Add(row, lambda.Environments.All.Single().InitDuration.TotalMilliseconds);
    }

    private async Task MeasureRequestsAsync(string package, Uri sageMaker, BarsIssuer issuer, int rounds, int requests)
    {
        await using var open = await StartAsync(package, sageMaker, OpenVariables);
        await using var key = await StartAsync(package, sageMaker, KeyVariables);
        await using var token = await StartAsync(package, sageMaker, issuer.Variables);
        (string Row, LocalLambda Lambda,
            string Credential)[] ways = [(Open, open, ""), (WithKey, key, Key), (WithToken, token, issuer.Token())];
        foreach (var (_, lambda, credential) in ways)
        {
            await AskAsync(lambda, credential, requests * 2); // Warms up, past the first tier of the compiler.
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (row, lambda, credential) in ways)
            {
                using var process = Process.GetProcessById(lambda.Environments.All.Single().ProcessId);
                var before = ProcessorTime.Of(process);
                await AskAsync(lambda, credential, requests);
                Add(row, (ProcessorTime.Of(process) - before).TotalMilliseconds / requests);
            }

            Add(Bare, issuer.MeasureVerification(requests));
        }
    }

    private void Add(string row, double value)
    {
        _values.TryAdd(row, []);
        _values[row].Add(value);
    }

    private static async Task AskAsync(LocalLambda lambda, string credential, int requests)
    {
        using var client = new HttpClient { BaseAddress = lambda.Url };
        for (var i = 0; i < requests; i++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
            {
                Content = JsonContent.Create(
                    JsonNode.Parse(
                        """{"model":"r1","messages":[{"role":"user","content":"hi"}],"stream":true,"stand_in":{"tokens":5,"pace_ms":0} }""")),
            };
            message.Headers.Authorization = credential.Length > 0 ? new("Bearer", credential) : null;
            using var response = (await client.SendAsync(message)).EnsureSuccessStatusCode();
        }
    }

    private static Task<LocalLambda> StartAsync(string package, Uri sageMaker, Dictionary<string, string> variables) =>
        LocalLambda.StartAsync(new LambdaOptions
        {
            FunctionPath = package,
            MaxEnvironments = 1,
            Variables = new Dictionary<string, string>(variables)
            {
                ["MODELS"] = """[{"name":"r1","endpoint":"demo"}]""",
                ["AWS_REGION"] = "us-east-1",
                ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = sageMaker.ToString(),
                ["AWS_ACCESS_KEY_ID"] = EmulatorCredentials.Default.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = EmulatorCredentials.Default.SecretAccessKey,
                ["AWS_SESSION_TOKEN"] = EmulatorCredentials.Default.SessionToken,
            },
        });
}
