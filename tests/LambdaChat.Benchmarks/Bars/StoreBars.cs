using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.Lambda;
using LambdaChat.ReplyStore;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// The cost of a stored reply: processor time with and without the table, the age of a token at a reader that has resumed, and the write
/// units of DynamoDB. A unit is 1 KB of an item or a part of it.
/// </summary>
internal static class StoreBars
{
    private const string Times = "0.00 ×";
    private const int MaximumAge = 400; // Milliseconds.

    /// <param name="package">The function as ReadyToRun.</param>
    public static async Task<IReadOnlyList<Bar>> MeasureAsync(string package, bool isSmoke)
    {
        using var emulator = await EmulatorProcess.StartAsync();
        await using var table = await TableStub.StartAsync();
        var (burst, paced) = await MeasureCpuAsync(package, emulator.Address, table.Variables, isSmoke);
        var memory = new Dictionary<string, string> { ["STORE"] = "memory" };
        var ages = await AgesAsync(package, emulator.Address, memory, environments: 1, isSmoke ? 20 : 1000);
        var others = await AgesAsync(package, emulator.Address, table.Variables, environments: 2, isSmoke ? 20 : 1000);
        var (items, units) = await CountAsync(isSmoke ? 20 : 1000);
        return
        [
            new Bar("CPU of a stored reply in a burst, times one that is not stored", Rounds.Median(burst), Times, 1.5, false, "1.2 ×"),
            new Bar("the same at 5 ms a token", Rounds.Median(paced), Times, 1.5, IsAtLeast: false, "1.3 ×"),
            new Bar("p50 age of a token at a resumed reader", Ages.Percentile(ages, 0.5), "0 ms", MaximumAge, IsAtLeast: false, "350 ms"),
            new Bar("the same in another environment, through a table", Ages.Percentile(others, 0.5), "0 ms", MaximumAge, false, "350 ms"),
            new Bar("items of a reply of 1,000 tokens in 20 s", items, "0", 90, IsAtLeast: false, "75"),
            new Bar("write units of this reply", units, "0", 100, IsAtLeast: false, "75"),
        ];
    }

    // The two processes are interleaved, after tiered compilation has finished in both.
    private static async Task<(List<double> Burst, List<double> Paced)> MeasureCpuAsync(
        string package, Uri sageMaker, Dictionary<string, string> variables, bool isSmoke)
    {
        await using var without = await LocalLambda.StartAsync(Contestant.Options(package, sageMaker, []));
        await using var with = await LocalLambda.StartAsync(Contestant.Options(package, sageMaker, variables));
        using var plain = Contestant.CreateClient(without);
        using var stored = Contestant.CreateClient(with);
        for (var i = 0; i < (isSmoke ? 1 : 300); i++)
        {
            await WarmUpAsync(plain, isStored: false);
            await WarmUpAsync(stored, isStored: true);
        }

        using var plainProcess = Process.GetProcessById(without.Environments.All.Single().ProcessId);
        using var storedProcess = Process.GetProcessById(with.Environments.All.Single().ProcessId);
        var (burst, paced) = (new List<double>(), new List<double>());
        // A burst is short, so that whatever else runs on the machine changes a round much.
        await MeasureAsync(isSmoke ? 1 : 25, $$"""{"tokens":{{(isSmoke ? 100 : 50_000)}},"burst":true,"pace_ms":0}""", burst);
        await MeasureAsync(isSmoke ? 1 : 5, $$"""{"tokens":{{(isSmoke ? 100 : 2000)}},"pace_ms":5}""", paced);
        return (burst, paced);

        async Task MeasureAsync(int rounds, string reply, List<double> ratios)
        {
            for (var round = 0; round < rounds; round++)
            {
                var before = await CpuAsync(plainProcess, plain, reply, isStored: false);
                ratios.Add(await CpuAsync(storedProcess, stored, reply, isStored: true) / before);
            }
        }
    }

    private static Task WarmUpAsync(HttpClient client, bool isStored) =>
        Contestant.ReadAsync(client, """{"tokens":200,"burst":true,"pace_ms":0}""", _ => { }, isStored);

    private static async Task<double> CpuAsync(Process process, HttpClient client, string settings, bool isStored)
    {
        var before = ProcessorTime.Of(process);
        await Contestant.ReadAsync(client, settings, _ => { }, isStored);
        return (ProcessorTime.Of(process) - before).TotalMilliseconds;
    }

    // With memory, one process serves the producer and the reader, which polls as between processes.
    private static async Task<List<double>> AgesAsync(
        string package, Uri sageMaker, Dictionary<string, string> variables, int environments, int tokens)
    {
        var options = Contestant.Options(package, sageMaker, variables);
        await using var lambda = await LocalLambda.StartAsync(
            options with { MaxEnvironments = environments, Concurrency = environments == 1 ? 4 : 1 });
        using var client = Contestant.CreateClient(lambda);
        Task<List<double>>? reading = null;
        await Contestant.ReadAsync(
            client, $$"""{"tokens":{{tokens}},"stamp":true,"pace_ms":20}""",
            data => reading ??= ResumeAsync(client, (string)JsonNode.Parse(data)!["id"]!), isStored: true);
        return await reading!;
    }

    private static async Task<List<double>> ResumeAsync(HttpClient client, string id)
    {
        var ages = new List<double>();
        using var message = new HttpRequestMessage(HttpMethod.Get, $"v1/chat/completions/{id}");
        message.Headers.Accept.ParseAdd("text/event-stream");
        await Contestant.ReadAsync(client, message, data => Ages.Add(ages, data));
        return ages;
    }

    private static async Task<(int Items, double Units)> CountAsync(int tokens)
    {
        var store = new CountingReplyStore();
        var log = new ReplyProducer(
            store, ReplyKey.Of("bars", "id"), "{\"model\":\"r1\"}"u8.ToArray(), new ReplyStoreSettings(TimeSpan.FromMinutes(10)),
            TimeProvider.System, "id-1", NullLogger.Instance);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < tokens; i++)
        {
            var wait = TimeSpan.FromMilliseconds(20 * i) - Stopwatch.GetElapsedTime(start); // A periodic timer would be later each time.
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            log.Append(Encoding.UTF8.GetBytes(
                $$"""
                {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"r1","choices":[{"index":0,"delta":{"content":" t{{i}}"},
                """ + "\"logprobs\":null,\"finish_reason\":null}]}"));
        }

        log.End(ReplyStatus.Completed, TimeProvider.System.GetUtcNow(), []);
        await store.Ended;
        return (store.Items, store.Units);
    }
}
