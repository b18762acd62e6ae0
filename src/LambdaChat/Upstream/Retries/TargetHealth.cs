using System.Collections.Concurrent;
using LambdaChat.Models;

namespace LambdaChat.Upstream.Retries;

/// <summary>
/// Remembers which targets failed recently in this process. Those are called last. There is no circuit breaker: a Lambda environment
/// serves one request at a time, and SageMaker balances the load behind the endpoint.
/// </summary>
internal sealed class TargetHealth(TimeProvider timeProvider)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private static readonly int[] OnlyTarget = [0];

    private readonly ConcurrentDictionary<Target, long> _failures = new();

    /// <summary>The indexes of a model's targets, in the order of the calls.</summary>
    public IReadOnlyList<int> Order(IReadOnlyList<Target> targets) =>
        targets.Count == 1 ? OnlyTarget : [.. Enumerable.Range(0, targets.Count).OrderBy(i => HasFailed(targets[i]))];

    public void MarkFailed(Target target) => _failures[target] = timeProvider.GetTimestamp();

    public void MarkHealthy(Target target) => _failures.TryRemove(target, out _);

    private bool HasFailed(Target target) => _failures.TryGetValue(target, out var time) && timeProvider.GetElapsedTime(time) < Memory;
}
