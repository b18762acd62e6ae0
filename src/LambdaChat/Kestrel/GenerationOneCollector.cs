namespace LambdaChat.Kestrel;

/// <summary>
/// Collects generation 1 of the heap more often while many streams run. Each stream waits for its next token in one object, and a
/// collection of generation 0 moves these objects to generation 1. By default, .NET collects that generation after many megabytes. Its
/// limit for this, <c>GCGen1MaxBudget</c>, can only be set in the environment of the process.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="countOf">Counts the collections of a generation. A collection of generation 1 also counts for generation 0.</param>
/// <param name="collect">Collects generation 1.</param>
internal sealed class GenerationOneCollector(TimeProvider timeProvider, Func<int, int> countOf, Action collect)
    : IHostedService, IDisposable
{
    // A process with few streams has fewer collections of generation 0 in this time.
    private const int MaximumYoungCollections = 3;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private ITimer? _timer;
    private int _young;
    private int _old;

    public GenerationOneCollector(TimeProvider timeProvider)
        : this(timeProvider, GC.CollectionCount, static () => GC.Collect(1, GCCollectionMode.Forced, blocking: true))
    {
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = timeProvider.CreateTimer(_ => CollectIfDue(), null, Period, Period);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void CollectIfDue()
    {
        if (countOf(1) == _old && countOf(0) - _young >= MaximumYoungCollections)
        {
            collect();
        }

        if (countOf(1) != _old)
        {
            (_young, _old) = (countOf(0), countOf(1));
        }
    }
}
