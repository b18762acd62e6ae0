using System.Globalization;
using System.Security.Cryptography;
using LambdaChat.Api.Requests;
using LambdaChat.Local.SageMaker.Routing;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// The effect of prefix routing, from the emulator's router with conversations in virtual time, and its cost per request in the function.
/// </summary>
internal sealed class PrefixBars
{
    private const int Instances = 4;
    private const int Repeats = 10; // Short samples, so that few of them are interrupted.
    private const double MinimumOfOneInstance = 0.9;
    private const double MaximumShare = 0.35;

    // A prompt of 10,000 tokens takes a second.
    private static readonly RoutingOptions Options = new()
    {
        ConcurrencyThreshold = 16,
        TimePerPromptToken = TimeSpan.FromMicroseconds(100),
    };

    private readonly PrefixTurn[][] _conversations;
    private readonly PrefixSimulation _alone;

    private PrefixBars(PrefixTurn[][] conversations)
    {
        _conversations = conversations;
        _alone = Run(Options, isOrdered: true, hasHint: true);
        Table =
        [
            "| endpoint | request | tokens from cache | of one instance | first token p50, p90 | busiest instance |",
            "|---|---|---|---|---|---|",
            Row("one instance", "order, hint", _alone),
            Row("`RANDOM`", "order, hint", RunSeveral(RoutingStrategy.Random)),
            Row("`LEAST_OUTSTANDING_REQUESTS`", "order, hint", RunSeveral(RoutingStrategy.LeastOutstandingRequests)),
            Row("`PREFIX_AWARE`", "the client's", RunSeveral(RoutingStrategy.PrefixAware, isOrdered: false, hasHint: false)),
            Row("`PREFIX_AWARE`", "hint", RunSeveral(RoutingStrategy.PrefixAware, isOrdered: false)),
            Row("`PREFIX_AWARE`", "order", RunSeveral(RoutingStrategy.PrefixAware, hasHint: false)),
            Row("`PREFIX_AWARE`", "order, hint", Check(RunSeveral(RoutingStrategy.PrefixAware))),
            Row("`KV_AWARE`", "order, hint", RunSeveral(RoutingStrategy.KvAware)),
        ];
    }

    public string[] Table { get; }

    public List<string> Missed { get; } = [];

    public static PrefixBars Measure(bool isSmoke) =>
        isSmoke ? new PrefixBars(PrefixTraffic.Create(conversations: 8, turns: 3)) : new PrefixBars(PrefixTraffic.Create(200, turns: 8));

    /// <summary>The cost of a request.</summary>
    public static IReadOnlyList<Bar> MeasureCost(int rounds)
    {
        var body = PrefixTraffic.Create(conversations: 1, turns: 8)[0][^1].ClientBody;
        var json = RequestJson.TryParse(body)!;
        var race = new Rounds(rounds);
        race.Add("with", () => Repeat(body, isOrdered: true));
        race.Add("without", () => Repeat(body, isOrdered: false));
        race.Add("hash", () => Hash(body));
        race.Run();
        var added = race.Ratio("with", "hash") - race.Ratio("without", "hash");
        return
        [
            new Bar("order and hint of a chat request of 17 KB, times the hash of the body that signing needs", added, "0.0 ×", 3,
                IsAtLeast: false, "1 ×"),
            new Bar("routing hint of a conversation, allocated", Allocated(json), "0 B", 0, IsAtLeast: false, "0 B"),
        ];
    }

    private PrefixSimulation RunSeveral(RoutingStrategy strategy, bool isOrdered = true, bool hasHint = true) =>
        Run(Options with { Instances = Instances, Strategy = strategy }, isOrdered, hasHint);

    private PrefixSimulation Run(RoutingOptions options, bool isOrdered, bool hasHint) =>
        new PrefixSimulation(options, turn => (isOrdered ? turn.UpstreamBody : turn.ClientBody, hasHint ? turn.Hint : null))
            .Run(_conversations);

    private PrefixSimulation Check(PrefixSimulation run)
    {
        if (run.CachedShare < MinimumOfOneInstance * _alone.CachedShare)
        {
            Missed.Add("PREFIX_AWARE: share of tokens from a cache");
        }

        if (run.BusiestShare > MaximumShare)
        {
            Missed.Add("PREFIX_AWARE: share of the busiest instance");
        }

        return run;
    }

    private string Row(string endpoint, string request, PrefixSimulation run) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {endpoint} | {request} | {run.CachedShare:0.0%} | {run.CachedShare / _alone.CachedShare:0.00} | " +
        $"{run.FirstToken(0.5).TotalMilliseconds:0} ms, {run.FirstToken(0.9).TotalMilliseconds:0} ms | {run.BusiestShare:0%} |");

    private static void Repeat(byte[] body, bool isOrdered)
    {
        for (var i = 0; i < Repeats; i++)
        {
            PrefixTraffic.Send(body, isOrdered);
        }
    }

    private static void Hash(byte[] body)
    {
        for (var i = 0; i < Repeats; i++)
        {
            SHA256.HashData(body);
        }
    }

    private static double Allocated(RequestJson json)
    {
        var incoming = PrefixTraffic.Incoming(json);
        RoutingHints.Create(incoming, conversation: null, new ConversationStart(json));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Repeats; i++)
        {
            RoutingHints.Create(incoming, conversation: null, new ConversationStart(json));
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Repeats;
    }
}
