using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>A published relay as a process between the Lambda emulator and the SageMaker emulator.</summary>
internal sealed partial class Contestant(string name, string package, Uri sageMaker)
{
    public const string Key = "bars";

    public string Name => name;

    /// <summary>The measured values, by row.</summary>
    public Dictionary<string, List<double>> Values { get; } = [];

    public double Median(string row) => Rounds.Median(Values[row]);

    /// <summary>
    /// Process start to first request for work, and to the first streamed byte at the client; peak memory after small requests. In ms
    /// and MiB.
    /// </summary>
    public async Task MeasureStartAsync()
    {
        await using var lambda = await StartAsync(package, sageMaker, _ => { });
        using var client = CreateClient(lambda);
        var first = await ReadFirstByteAsync(client);
        for (var i = 0; i < 10; i++)
        {
            await ReadAsync(client, """{"tokens":20,"pace_ms":0}""", _ => { });
        }

        var environment = lambda.Environments.All.Single();
        Add(ProcessBars.Start, environment.InitDuration.TotalMilliseconds);
        Add(ProcessBars.FirstByte, Stopwatch.GetElapsedTime(environment.StartTimestamp, first).TotalMilliseconds);
        Add(ProcessBars.Memory, environment.PeakMemory / (1024.0 * 1024));
    }

    /// <summary>
    /// Processor time and allocated bytes per event, in a burst and at 5 ms a token, and the age of tokens at the client.
    /// </summary>
    public async Task MeasureStreamsAsync(int burst, int paced)
    {
        var allocated = Channel.CreateUnbounded<long>(); // One number for each reply.
        await using var lambda = await StartAsync(package, sageMaker, line =>
        {
            if (Allocated().Match(line) is { Success: true } match)
            {
                allocated.Writer.TryWrite(long.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
            }
        });
        using var client = CreateClient(lambda);
        await ReadAsync(client, """{"tokens":2000,"burst":true,"pace_ms":0}""", _ => { });
        using var process = Process.GetProcessById(lambda.Environments.All.Single().ProcessId);
        await allocated.Reader.ReadAsync();

        Add(ProcessBars.BurstCpu,
            await CpuAsync(process, burst, () => ReadAsync(client, $$"""{"tokens":{{burst}},"burst":true,"pace_ms":0}""", _ => { })));
        Add(ProcessBars.Allocated, await allocated.Reader.ReadAsync() / (double)burst);
        var ages = new List<double>();
        Add(ProcessBars.PacedCpu,
            await CpuAsync(process, paced,
                () => ReadAsync(client, $$"""{"tokens":{{paced}},"stamp":true,"pace_ms":5}""", data => Ages.Add(ages, data))));
        Add(ProcessBars.PacedAllocated, await allocated.Reader.ReadAsync() / (double)paced);
        Add(ProcessBars.AgeMedian, Ages.Percentile(ages, 0.5));
        Add(ProcessBars.AgeTail, Ages.Percentile(ages, 0.99));
    }

    private void Add(string row, double value)
    {
        Values.TryAdd(row, []);
        Values[row].Add(value);
    }

    /// <summary>Starts the function behind a Lambda emulator, with additional variables.</summary>
    public static Task<LocalLambda> StartAsync(
        string package, Uri sageMaker, Action<string> log, int maxEnvironments = 1,
            params IEnumerable<KeyValuePair<string, string>> variables) =>
        LocalLambda.StartAsync(Options(package, sageMaker, variables) with { MaxEnvironments = maxEnvironments, Log = log });

    /// <summary>One environment of the function, with additional variables.</summary>
    public static LambdaOptions Options(string package, Uri sageMaker, IEnumerable<KeyValuePair<string, string>> variables) => new()
    {
        FunctionPath = package,
        MemorySize = 1769, // The size with a whole core. In a smaller one, the init phase includes the rehearsal.
        MaxEnvironments = 1,
        Variables = new Dictionary<string, string>(variables)
        {
            ["MODELS"] = """[{"name":"r1","endpoint":"demo"}]""",
            ["API_KEYS"] = $"bars={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = sageMaker.ToString(),
            ["AWS_ACCESS_KEY_ID"] = EmulatorCredentials.Default.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = EmulatorCredentials.Default.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = EmulatorCredentials.Default.SessionToken,
        },
    };

    public static HttpClient CreateClient(LocalLambda lambda)
    {
        var client = new HttpClient { BaseAddress = lambda.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return client;
    }

    private static async Task<double> CpuAsync(Process process, int events, Func<Task> work)
    {
        var before = ProcessorTime.Of(process);
        await work();
        return (ProcessorTime.Of(process) - before).TotalMilliseconds * 1000 / events;
    }

    /// <summary>Reads a short reply.</summary>
    /// <returns>The timestamp of its first byte.</returns>
    public static async Task<long> ReadFirstByteAsync(HttpClient client)
    {
        using var response = await SendAsync(client, """{"tokens":3,"pace_ms":0}""");
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1]);
        var first = Stopwatch.GetTimestamp();
        await body.CopyToAsync(Stream.Null);
        return first;
    }

    public static async Task ReadAsync(HttpClient client, string standIn, Action<string> onEvent, bool isStored = false)
    {
        using var response = await SendAsync(client, standIn, isStored);
        await ReadAsync(response, onEvent);
    }

    /// <summary>Reads a stream that is not the start of a new reply.</summary>
    public static async Task ReadAsync(HttpClient client, HttpRequestMessage message, Action<string> onEvent)
    {
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        await ReadAsync(response.EnsureSuccessStatusCode(), onEvent);
    }

    private static async Task ReadAsync(HttpResponseMessage response, Action<string> onEvent)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        var last = "";
        await foreach (var item in SseParser.Create(body).EnumerateAsync())
        {
            onEvent(item.Data);
            last = item.Data;
        }

        if (last != "[DONE]")
        {
            throw new InvalidOperationException($"The reply ended with {last}.");
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string standIn, bool isStored = false)
    {
        var request = new JsonObject
        {
            ["model"] = "r1",
            ["stream"] = true,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
            ["stand_in"] = JsonNode.Parse(standIn),
        };
        if (isStored)
        {
            request["store"] = true;
        }

        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(request) };
        var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("\"allocated\":(\\d+)")]
    private static partial Regex Allocated();
}
