using System.Diagnostics.Tracing;

namespace LambdaChat.Tests.Support;

/// <summary>Counts the arrays that this thread rents from the shared pool and returns to it, as the pool reports them.</summary>
internal sealed class PoolUse : EventListener
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<int> _arrays = [];

    /// <summary>The arrays that were not returned.</summary>
    public int Rented => _arrays.Count;

    /// <summary>The arrays that were returned twice, or were not rented.</summary>
    public int Unknown { get; private set; }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Buffers.ArrayPoolEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    // Called on the thread that uses the pool.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (Environment.CurrentManagedThreadId != _thread || eventData.Payload is not [int array, ..])
        {
            return;
        }

        if (eventData.EventName == "BufferRented")
        {
            _arrays.Add(array);
        }
        else if (eventData.EventName == "BufferReturned" && !_arrays.Remove(array))
        {
            Unknown++;
        }
    }
}
