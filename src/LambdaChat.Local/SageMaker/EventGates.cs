using System.Collections.Concurrent;

namespace LambdaChat.Local.SageMaker;

/// <summary>Named gates that delay events until a test opens them, so that the test controls the arrival of each event.</summary>
internal sealed class EventGates
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();

    public Task PassAsync(string gate, CancellationToken cancellationToken) => Gate(gate).WaitAsync(cancellationToken);

    /// <summary>Lets <paramref name="count"/> more events pass.</summary>
    public void Open(string gate, int count = 1) => Gate(gate).Release(count);

    private SemaphoreSlim Gate(string name) => _gates.GetOrAdd(name, static _ => new SemaphoreSlim(0));
}
