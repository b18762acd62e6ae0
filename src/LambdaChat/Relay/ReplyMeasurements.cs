using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>The properties, counters and timestamps of one reply. Times are timestamps of the time provider.</summary>
internal sealed class ReplyMeasurements(Model model, ModelTasks task, TimeProvider timeProvider)
{
    private List<int>? _continuedAfter;
    private long? _sent; // When the call was sent that does not stream and runs.

    public Model Model { get; } = model;

    /// <summary>The requested task.</summary>
    public ModelTasks Task { get; } = task;

    /// <summary>When the model is about to be called.</summary>
    public long Start { get; } = timeProvider.GetTimestamp();

    /// <summary>When a target responded or the last one failed; null until then.</summary>
    public long? Answered { get; private set; }

    /// <summary>When the first record was about to be sent; null until then, and if the call of the model does not stream.</summary>
    public long? First { get; private set; }

    /// <summary>The index of the target that was called last.</summary>
    public int Target { get; private set; }

    /// <summary>The number of calls of all targets.</summary>
    public int Attempts { get; private set; }

    /// <summary>True if the call waited for an endpoint that was scaled to zero.</summary>
    public bool HasWaitedCold { get; private set; }

    /// <summary>Records relayed.</summary>
    public int Events { get; set; }

    /// <summary>The tokens of the records relayed, estimated from their texts.</summary>
    public long Tokens { get; set; }

    /// <summary>How long the model has worked on a call that does not stream; zero before it was sent, and for one that streams.</summary>
    public TimeSpan WorkTime => _sent is { } sent ? timeProvider.GetElapsedTime(sent) : TimeSpan.Zero;

    /// <summary>Payloads that SageMaker sent; the number of reads if the response has no frames.</summary>
    public int Payloads { get; private set; }

    /// <summary>Payloads that began inside a record.</summary>
    public int SplitRecords { get; private set; }

    /// <summary>The maximum number of bytes that were written and not yet sent.</summary>
    public long MaxUnflushedBytes { get; private set; }

    /// <summary>Bytes that the process had allocated before the reply.</summary>
    public long AllocatedBefore { get; } = GC.GetTotalAllocatedBytes();

    /// <summary>Tool calls whose arguments are not complete JSON.</summary>
    public int IncompleteToolCalls { get; set; }

    /// <summary>The number of records before each call that continued the reply; null if none did.</summary>
    public IReadOnlyList<int>? ContinuedAfter => _continuedAfter;

    /// <summary>Heartbeats sent.</summary>
    public int Heartbeats { get; set; }

    /// <summary>Bytes of the reply's body. Zero if an error response replaces it.</summary>
    public long SentBytes { get; set; }

    /// <param name="earlier">The number of targets whose reply failed before its first chunk was sent.</param>
    public void Note(EndpointResponse reply, int earlier = 0)
    {
        Answered = _continuedAfter is null ? timeProvider.GetTimestamp() : Answered;
        (Target, Attempts, HasWaitedCold) = (reply.Target, reply.Attempts + earlier, reply.HasWaitedCold);
    }

    /// <summary>Notes that a call that does not stream was sent, or waits until it is sent again.</summary>
    public void NoteWork(bool isSent) => _sent = isSent ? timeProvider.GetTimestamp() : null;

    /// <summary>Notes that another call continues the reply.</summary>
    public void NoteContinuation() => (_continuedAfter ??= []).Add(Events);

    /// <summary>Counts a payload. It is cut if the previous payload ended inside a record.</summary>
    public void PayloadReceived(bool isCut)
    {
        Payloads++;
        SplitRecords += isCut ? 1 : 0;
    }

    /// <summary>Records that the written bytes are about to be sent.</summary>
    public void Flushing(long held)
    {
        MaxUnflushedBytes = Math.Max(MaxUnflushedBytes, held);
        if (First is null && Events > 0)
        {
            First = timeProvider.GetTimestamp();
        }
    }
}
