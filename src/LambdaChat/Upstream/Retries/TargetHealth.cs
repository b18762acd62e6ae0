using System.Collections.Concurrent;
using LambdaChat.Models;

namespace LambdaChat.Upstream.Retries;

/// <summary>
/// Which targets failed a moment ago in this process: they are asked last. Nothing cleverer: an environment of Lambda serves one request
/// at a time, and SageMaker balances behind the endpoint.
/// </summary>
internal sealed class TargetHealth(TimeProvider timeProvider)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private static readonly int[] Only = [0];

    private readonly ConcurrentDictionary<Target, long> _failures = new();

    /// <summary>The indexes of a model's targets in the order in which they are asked.</summary>
    public IReadOnlyList<int> Order(IReadOnlyList<Target> targets)
    {
        if (targets.Count == 1)
        {
            return Only;
        }

        return [.. Enumerable.Range(0, targets.Count).OrderBy(i => HasFailed(targets[i]))];
    }

    public void Failed(Target target) => _failures[target] = timeProvider.GetTimestamp();

    public void Answered(Target target) => _failures.TryRemove(target, out _);

    private bool HasFailed(Target target) => _failures.TryGetValue(target, out var time) && timeProvider.GetElapsedTime(time) < Memory;
}
