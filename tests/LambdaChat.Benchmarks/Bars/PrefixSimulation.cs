using LambdaChat.Local.SageMaker.Routing;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// Conversations on an endpoint, in virtual time: the next turn of a conversation follows its reply after a pause. An instance computes one
/// prompt after another, and the reply then takes a fixed time.
/// </summary>
/// <param name="select">Selects the body and the hint that SageMaker gets.</param>
internal sealed class PrefixSimulation(RoutingOptions options, Func<PrefixTurn, (byte[] Body, string? Hint)> select)
{
    private static readonly TimeSpan Arrivals = TimeSpan.FromSeconds(120); // Until the last conversation begins.
    private static readonly TimeSpan ReplyTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10); // On average.

    private readonly InstanceRouter _router = new(options);
    private readonly PriorityQueue<Action, TimeSpan> _events = new();
    private readonly Dictionary<int, TimeSpan> _idleFrom = [];
    private readonly Dictionary<int, int> _calls = [];
    private readonly List<TimeSpan> _firstTokens = [];
    private readonly Random _random = new(2);
    private TimeSpan _now;
    private long _promptTokens;
    private long _cachedTokens;

    /// <summary>The share of the prompt tokens that came from a cache.</summary>
    public double CachedShare => (double)_cachedTokens / _promptTokens;

    /// <summary>The calls of the instance with the most, as a share of all.</summary>
    public double BusiestShare => (double)_calls.Values.Max() / _firstTokens.Count;

    /// <summary>The time to the first token that a share of the calls does not exceed.</summary>
    public TimeSpan FirstToken(double share) => _firstTokens.Order().ElementAt((int)(share * (_firstTokens.Count - 1)));

    public PrefixSimulation Run(PrefixTurn[][] conversations)
    {
        for (var i = 0; i < conversations.Length; i++)
        {
            var conversation = conversations[i];
            _events.Enqueue(() => Send(conversation, turn: 0), Arrivals * i / conversations.Length);
        }

        while (_events.TryDequeue(out var action, out _now))
        {
            action();
        }

        return this;
    }

    private void Send(PrefixTurn[] conversation, int turn)
    {
        var (body, hint) = select(conversation[turn]);
        var call = _router.Route(body, hint, conversation[turn].Prompt)!;
        var prompt = call.Prompt;
        var idleFrom = _idleFrom.GetValueOrDefault(prompt.Instance);
        var first = (idleFrom > _now ? idleFrom : _now) + prompt.ComputeTime;
        _idleFrom[prompt.Instance] = first;
        _calls[prompt.Instance] = _calls.GetValueOrDefault(prompt.Instance) + 1;
        _firstTokens.Add(first - _now);
        (_promptTokens, _cachedTokens) = (_promptTokens + prompt.Tokens, _cachedTokens + prompt.CachedTokens);
        _events.Enqueue(call.Dispose, first + ReplyTime);
        if (turn + 1 < conversation.Length)
        {
            _events.Enqueue(() => Send(conversation, turn + 1), first + ReplyTime + (2 * _random.NextDouble() * Pause));
        }
    }
}
