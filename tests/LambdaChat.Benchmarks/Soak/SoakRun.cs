using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.Benchmarks.Bars;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Benchmarks.Soak;

/// <summary>Sends many requests, some at the same time, to environments that live as long as the run.</summary>
/// <param name="create">Creates a request from its number.</param>
internal sealed class SoakRun(int replies, TimeSpan limit, Func<int, ISoakReply> create)
{
    private const int Connections = 4;
    private const string Key = "soak";

    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(30);

    private int _next;
    private long _start;
    private int _done;

    /// <summary>The number of replies that have ended.</summary>
    public int Replies => _done;

    /// <summary>The number of each outcome, by the kind of request.</summary>
    public ConcurrentDictionary<(string Kind, string Outcome), int> Outcomes { get; } = new();

    /// <summary>Outcomes that the fault does not demand.</summary>
    public ConcurrentQueue<string> Unexplained { get; } = new();

    /// <summary>The memory and handles of each function process after a tenth of the replies.</summary>
    public IReadOnlyList<ProcessUse> Early { get; private set; } = [];

    /// <summary>The same after the last reply.</summary>
    public IReadOnlyList<ProcessUse> Late { get; private set; } = [];

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_start);

    public async Task RunAsync(string package)
    {
        using var emulator = await EmulatorProcess.StartAsync();
        await using var lambda = await StartAsync(package, emulator.Address);
        await WarmUpAsync(lambda);
        _start = TimeProvider.System.GetTimestamp();
        await AskAllAsync(lambda.Url, replies / 10, limit / 10);
        Early = Read(lambda);
        await AskAllAsync(lambda.Url, replies, limit);
        Late = Read(lambda);
    }

    private static Task<LocalLambda> StartAsync(string package, Uri sageMaker) => LocalLambda.StartAsync(new LambdaOptions
    {
        FunctionPath = package,
        MaxEnvironments = Connections,
        InitTimeout = TimeSpan.FromMinutes(1), // For a busy machine.
        Reuse = EnvironmentReuse.Oldest,
        Variables = new Dictionary<string, string>
        {
            ["MODELS"] = """
                [{"name":"r1","endpoint":"demo","tasks":["chat","completions"]},
                 {"name":"r1-openai","endpoint":"demo","transport":"openai"},
                 {"name":"r1-continued","continue":"vllm","continueThinking":true,"targets":[{"endpoint":"one"},{"endpoint":"two"}]}]
                """,
            ["API_KEYS"] = $"soak={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = sageMaker.ToString(),
            ["AWS_ACCESS_KEY_ID"] = EmulatorCredentials.Default.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = EmulatorCredentials.Default.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = EmulatorCredentials.Default.SessionToken,
        },
    });

    // All environments at once, so that each has its share from the first reply on.
    private static async Task WarmUpAsync(LocalLambda lambda)
    {
        var environments = await Task.WhenAll(Enumerable.Range(0, Connections)
            .Select(_ => lambda.Environments.AcquireAsync(CancellationToken.None)));
        foreach (var environment in environments)
        {
            await lambda.Environments.ReleaseAsync(environment!);
        }
    }

    private static IReadOnlyList<ProcessUse> Read(LocalLambda lambda) =>
        [.. lambda.Environments.All.Select(environment => ProcessUse.Read(environment.ProcessId)).OrderBy(use => use.ProcessId)];

    private Task AskAllAsync(Uri url, int end, TimeSpan until) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => AskManyAsync(url, end, until)));

    private async Task AskManyAsync(Uri url, int end, TimeSpan until)
    {
        using var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        while (Elapsed < until && Interlocked.Increment(ref _next) is var number && number <= end)
        {
            await AskAsync(client, number);
        }

        if (_next > end)
        {
            Interlocked.Exchange(ref _next, end);
        }
    }

    private async Task AskAsync(HttpClient client, int number)
    {
        var reply = create(number);
        using var timeout = new CancellationTokenSource(ReplyTimeout);
        string? outcome;
        try
        {
            // The last byte of a response may arrive before its environment is free for the next request.
            while ((outcome = await SoakClient.AskAsync(client, reply, timeout.Token)) is null)
            {
                await Task.Delay(1, timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            outcome = "no answer in time";
        }

        Outcomes.AddOrUpdate((reply.Kind, outcome), 1, (_, count) => count + 1);
        Interlocked.Increment(ref _done);
        if (!reply.Explains(outcome))
        {
            Unexplained.Enqueue($"reply {number} ({reply}): {outcome}");
        }
    }
}
