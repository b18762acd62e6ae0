namespace LambdaChat.Http;

/// <summary>
/// Collects generation 1 of the heap more often while many streams run. Each stream waits for its next token in one object, and a
/// collection of generation 0 moves these objects to generation 1. By default, .NET collects that generation after many megabytes. Its
/// limit for this, <c>GCGen1MaxBudget</c>, can only be set in the environment of the process.
/// </summary>
internal sealed class GenerationOneCollector(TimeProvider timeProvider) : IHostedService, IDisposable
{
    // A process with few streams has fewer collections of generation 0 in this time.
    private const int MaximumYoungCollections = 3;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private ITimer? _timer;
    private int _young;
    private int _old;

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
        if (GC.CollectionCount(1) == _old && GC.CollectionCount(0) - _young >= MaximumYoungCollections)
        {
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        }

        if (GC.CollectionCount(1) != _old)
        {
            (_young, _old) = (GC.CollectionCount(0), GC.CollectionCount(1));
        }
    }
}
