using System.Text;
using LambdaChat.Local.SageMaker.Routing;

namespace LambdaChat.FunctionalTests.Routing;

/// <summary>The emulator's selection of an instance.</summary>
public sealed class InstanceRouterTests
{
    private const int Prefixes = 2000;

    [Fact]
    public void PrefixAware_SamePrefixAndId_IsOneInstance()
    {
        var router = Create(RoutingStrategy.PrefixAware);
        var body = new byte[2000];
        var instance = Route(router, body, "a");

        body[1023] = 1; // The last byte that counts.
        var other = Enumerable.Range(0, 20).Select(_ => Route(router, body, "a")).Distinct();
        body[1023] = 0;
        body[1024] = 1;
        var beyond = Route(router, body, "a");

        Assert.Single(other);
        Assert.Equal(instance, beyond);
        Assert.Equal(4, Enumerable.Range(0, 50).Select(id => Route(router, body, $"{id}")).Distinct().Count());
        Assert.Equal(4, Enumerable.Range(0, 50).Select(first => Route(router, [(byte)first], id: null)).Distinct().Count());
    }

    [Fact]
    public void PrefixAware_ManyPrefixes_ShareTheInstances()
    {
        var router = Create(RoutingStrategy.PrefixAware);
        var shares = Enumerable.Range(0, Prefixes).CountBy(id => Route(router, [], $"{id}")).ToDictionary();

        Assert.Equal(4, shares.Count);
        Assert.All(shares.Values, count => Assert.InRange(count, 0.22 * Prefixes, 0.28 * Prefixes));
    }

    [Fact]
    public void PrefixAware_InstancesThatComeAndGo_MoveOnlyTheirPrefixes()
    {
        var router = Create(RoutingStrategy.PrefixAware);
        int[] Instances() => [.. Enumerable.Range(0, Prefixes).Select(id => Route(router, [], $"{id}"))];
        var before = Instances();

        router.Remove(1);
        var without = Instances();
        var added = router.Add();
        var with = Instances();

        Assert.All(before.Zip(without), pair => Assert.True(pair.First == 1 ? pair.Second != 1 : pair.First == pair.Second));
        Assert.All(without.Zip(with), pair => Assert.True(pair.Second == added || pair.First == pair.Second));
        Assert.InRange(with.Count(instance => instance == added), 0.22 * Prefixes, 0.28 * Prefixes);
        Assert.Equal(4, added); // A number is not used again.
    }

    [Fact]
    public void PrefixAware_AtTheThreshold_SelectsTheInstanceWithTheFewestCalls()
    {
        var router = Create(RoutingStrategy.PrefixAware, threshold: 2);
        var first = router.Route([], "a", [])!;
        var second = router.Route([], "a", [])!;
        using var third = router.Route([], "a", [])!;
        using var fourth = router.Route([], "a", [])!;
        using var fifth = router.Route([], "a", [])!;

        Assert.Equal(first.Prompt.Instance, second.Prompt.Instance);
        Assert.Equal(4, new[] { first, third, fourth, fifth }.Select(call => call.Prompt.Instance).Distinct().Count());
        first.Dispose();
        Assert.Equal(second.Prompt.Instance, Route(router, [], "a"));
        second.Dispose();
    }

    [Fact]
    public void LeastOutstandingRequests_IdleInstances_AreSelectedFirst()
    {
        var router = Create(RoutingStrategy.LeastOutstandingRequests);
        var calls = Enumerable.Range(0, 8).Select(_ => router.Route([], id: null, [])!).ToList();

        Assert.All(calls.CountBy(call => call.Prompt.Instance), pair => Assert.Equal(2, pair.Value));
        calls[5].Dispose();
        Assert.Equal(calls[5].Prompt.Instance, Route(router, [], id: null));
    }

    [Fact]
    public void Random_ManyCalls_ReachAllInstances()
    {
        var router = Create(RoutingStrategy.Random);

        Assert.Equal(4, Enumerable.Range(0, 100).Select(_ => Route(router, [], "a")).Distinct().Count());
    }

    [Fact]
    public void KvAware_InstanceWithThePromptInItsCache_IsSelectedUnlessItIsBusy()
    {
        var router = Create(RoutingStrategy.KvAware);
        var (first, second) = (Prompt("first", 4000), Prompt("second", 4000));
        using var holder = router.Route([], id: null, first)!;
        using var other = router.Route([], id: null, second)!;

        Assert.NotEqual(holder.Prompt.Instance, other.Prompt.Instance);
        Assert.Equal(holder.Prompt.Instance, Route(router, [], "b", first));
        Assert.Equal(other.Prompt.Instance, Route(router, [], "b", second));
        var calls = Enumerable.Range(0, 8).Select(_ => router.Route([], id: null, first)!.Prompt.Instance).Distinct();
        Assert.True(calls.Count() > 1);
    }

    [Fact]
    public void Route_WithoutInstances_IsNull()
    {
        var router = Create(RoutingStrategy.PrefixAware);
        Enumerable.Range(0, 4).ToList().ForEach(router.Remove);

        Assert.Null(router.Route([], "a", []));
    }

    [Fact]
    public void Route_Prompt_IsComputedFromTheFirstBlockThatIsNotCached()
    {
        var router = new InstanceRouter(new RoutingOptions { TimePerPromptToken = TimeSpan.FromMilliseconds(1) });
        var prompt = Prompt("a", 6400); // 100 blocks.
        byte[] longer = [.. prompt, .. Prompt("b", 6400)];
        byte[] different = [.. longer];
        different[1000] ^= 1; // In block 15.

        Assert.Equal((1600, 0, 1600), Compute(prompt));
        Assert.Equal((1600, 1584, 16), Compute(prompt)); // The last block is always computed.
        Assert.Equal((3200, 1600, 1600), Compute(longer));
        Assert.Equal((3200, 240, 2960), Compute(different));

        (int Tokens, int Cached, int Milliseconds) Compute(byte[] text)
        {
            using var call = router.Route([], id: null, text)!;
            return (call.Prompt.Tokens, call.Prompt.CachedTokens, (int)call.Prompt.ComputeTime.TotalMilliseconds);
        }
    }

    [Fact]
    public void Cache_Full_ForgetsWhatWasUsedLeast()
    {
        var cache = new PrefixCache(tokens: 320); // 20 blocks.
        var (first, second, third) = (Prompt("1", 640), Prompt("2", 640), Prompt("3", 640));
        cache.Add(first);
        cache.Add(second);
        cache.Add(first);
        cache.Add(third);

        Assert.Equal((144, 0, 144), (cache.CountCached(first), cache.CountCached(second), cache.CountCached(third)));
    }

    private static InstanceRouter Create(RoutingStrategy strategy, int threshold = 32) =>
        new(new RoutingOptions { Strategy = strategy, Instances = 4, ConcurrencyThreshold = threshold });

    private static int Route(InstanceRouter router, ReadOnlySpan<byte> body, string? id, byte[]? prompt = null)
    {
        using var call = router.Route(body, id, prompt ?? []);
        return call!.Prompt.Instance;
    }

    private static byte[] Prompt(string seed, int length) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, length).Select(i => $"{seed}{i} ")))[..length];
}
