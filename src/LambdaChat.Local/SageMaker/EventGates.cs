using System.Collections.Concurrent;

namespace LambdaChat.Local.SageMaker;

/// <summary>Doors that hold events back until somebody lets them through, so that a test sees when each one arrives.</summary>
internal sealed class EventGates
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();

    public Task PassAsync(string gate, CancellationToken cancellationToken) => Gate(gate).WaitAsync(cancellationToken);

    public void Open(string gate, int count = 1) => Gate(gate).Release(count);

    private SemaphoreSlim Gate(string name) => _gates.GetOrAdd(name, static _ => new SemaphoreSlim(0));
}
