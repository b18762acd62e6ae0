using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>What is known of a reply when it begins, and what is counted on its way. Times are the clock's timestamps.</summary>
internal sealed class ReplyMeasurements(Model model, ModelTasks task, TimeProvider timeProvider)
{
    public Model Model { get; } = model;

    /// <summary>What was asked for.</summary>
    public ModelTasks Task { get; } = task;

    /// <summary>When the model is about to be called.</summary>
    public long Start { get; } = timeProvider.GetTimestamp();

    /// <summary>When a target had answered or the last one failed; null before.</summary>
    public long? Answered { get; private set; }

    /// <summary>When the first record was about to be sent; null before, and where the answer came in one piece.</summary>
    public long? First { get; private set; }

    /// <summary>The index of the target that was asked last, and how often any was.</summary>
    public int Target { get; private set; }

    public int Attempts { get; private set; }

    /// <summary>True where an endpoint that was scaled to zero was waited for.</summary>
    public bool HasWaitedCold { get; private set; }

    /// <summary>Records passed on.</summary>
    public int Events { get; set; }

    /// <summary>Payloads that SageMaker sent, or reads where it frames nothing.</summary>
    public int Payloads { get; private set; }

    /// <summary>Parts that began inside a record.</summary>
    public int SplitRecords { get; private set; }

    /// <summary>The most bytes that were written and not sent.</summary>
    public long MaxUnflushedBytes { get; private set; }

    /// <summary>Tool calls whose arguments are not complete JSON.</summary>
    public int IncompleteToolCalls { get; set; }

    /// <summary>Signs of life sent.</summary>
    public int Heartbeats { get; set; }

    /// <summary>Bytes of the reply's body; an error in its place is none.</summary>
    public long SentBytes { get; set; }

    /// <param name="earlier">The number of targets whose reply failed before its first chunk was sent.</param>
    public void Note(EndpointResponse reply, int earlier = 0)
    {
        Answered = timeProvider.GetTimestamp();
        (Target, Attempts, HasWaitedCold) = (reply.Target, reply.Attempts + earlier, reply.HasWaitedCold);
    }

    /// <summary>A payload is there; cut, where the one before it ended inside a record.</summary>
    public void PayloadReceived(bool isCut)
    {
        Payloads++;
        SplitRecords += isCut ? 1 : 0;
    }

    /// <summary>What was written is about to be sent.</summary>
    public void Flushing(long held)
    {
        MaxUnflushedBytes = Math.Max(MaxUnflushedBytes, held);
        if (First is null && Events > 0)
        {
            First = timeProvider.GetTimestamp();
        }
    }
}
