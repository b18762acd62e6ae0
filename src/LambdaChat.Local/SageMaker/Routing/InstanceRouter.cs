using System.IO.Hashing;
using System.Text;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>
/// The instances of an endpoint, and the selection of one for each call. <c>PREFIX_AWARE</c> uses consistent hashing: only the prefixes of
/// an instance move when it is removed. Source:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PrefixAwareRoutingConfig.html
/// </summary>
internal sealed class InstanceRouter
{
    // KV_AWARE: a call in progress counts as much as this number of prompt tokens that are not in the cache.
    private const int TokensPerOutstandingCall = 256;

    private readonly Lock _lock = new();
    private readonly List<ModelInstance> _instances = [];
    private readonly RoutingOptions _options;
    private readonly Random _random;
    private int _lastNumber = -1;

    public InstanceRouter(RoutingOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        for (var i = 0; i < options.Instances; i++)
        {
            Add();
        }
    }

    /// <summary>Adds an instance with an empty cache, and returns its number.</summary>
    public int Add()
    {
        lock (_lock)
        {
            _instances.Add(new ModelInstance(++_lastNumber, _options.CacheTokens));
            return _lastNumber;
        }
    }

    /// <summary>Removes an instance with its cache. Its calls continue.</summary>
    public void Remove(int number)
    {
        lock (_lock)
        {
            _instances.RemoveAll(instance => instance.Number == number);
        }
    }

    /// <summary>Selects the instance for a call; null if the endpoint has no instance.</summary>
    /// <param name="prefix">What <c>PREFIX_AWARE</c> compares: the request body, or the text of the messages on the OpenAI route.</param>
    /// <param name="id">The routing hint; null for none.</param>
    /// <param name="prompt">The prompt that the model server caches.</param>
    public RoutedCall? Route(ReadOnlySpan<byte> prefix, string? id, ReadOnlySpan<byte> prompt)
    {
        lock (_lock)
        {
            if (_instances.Count == 0)
            {
                return null;
            }

            var instance = _options.Strategy switch
            {
                RoutingStrategy.PrefixAware => SelectByPrefix(prefix[..Math.Min(prefix.Length, _options.PrefixLength)], id),
                RoutingStrategy.KvAware => SelectByCache(prompt),
                RoutingStrategy.LeastOutstandingRequests => SelectLeast(),
                _ => _instances[_random.Next(_instances.Count)],
            };
            var cached = instance.Cache.CountCached(prompt);
            instance.Cache.Add(prompt);
            instance.Outstanding++;
            var tokens = PrefixCache.CountTokens(prompt);
            var time = _options.TimePerPromptToken * (tokens - cached);
            return new RoutedCall(new PromptUsage(instance.Number, tokens, cached, time), () => End(instance));
        }
    }

    private void End(ModelInstance instance)
    {
        lock (_lock)
        {
            instance.Outstanding--;
        }
    }

    private ModelInstance SelectLeast()
    {
        var least = _instances.Min(instance => instance.Outstanding);
        var idle = _instances.Where(instance => instance.Outstanding == least).ToList();
        return idle[_random.Next(idle.Count)];
    }

    private ModelInstance SelectByPrefix(ReadOnlySpan<byte> prefix, string? id)
    {
        var key = XxHash3.HashToUInt64(prefix, (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id ?? "")));
        var first = _instances.MinBy(instance => XxHash3.HashToUInt64(BitConverter.GetBytes(key), instance.Number))!;
        // "When in-flight requests on the prefix-selected instance reach this threshold, the endpoint routes the request to an instance
        // with more available capacity."
        return first.Outstanding < _options.ConcurrencyThreshold ? first : SelectLeast();
    }

    private ModelInstance SelectByCache(ReadOnlySpan<byte> prompt)
    {
        var (best, lowest) = (_instances[0], long.MaxValue);
        foreach (var instance in _instances)
        {
            long cost = PrefixCache.CountTokens(prompt) - instance.Cache.CountCached(prompt);
            cost += (long)instance.Outstanding * TokensPerOutstandingCall;
            (best, lowest) = cost < lowest ? (instance, cost) : (best, lowest);
        }

        return best;
    }
}
