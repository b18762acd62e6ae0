using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

// Sends the content of a chunk that also has a finish reason, and keeps the reason and the usage, which come last.
internal sealed partial class ChunkEmitter
{
    private ByteBuffer? _heldUsage; // A chunk with the usage only, which waits for finish reasons.

    /// <summary>
    /// Sends what came in one chunk with a finish reason. The reasons wait for the end of the reply: more text may follow, and many clients
    /// stop at the first one.
    /// </summary>
    public void SendAllHeldContent()
    {
        for (var i = 0; i < trackers.Length; i++)
        {
            if (trackers[i] is { } tracker)
            {
                SendHeldContent(i, tracker);
            }
        }
    }

    // A later chunk has another usage, which replaces that in the chunks that wait.
    private void SendAllHeldUsage()
    {
        for (var i = 0; i < trackers.Length; i++)
        {
            if (trackers[i] is { } tracker && (tracker.HoldsContent || tracker.HoldsUsage))
            {
                SendBeforeFinish(i, tracker);
            }
        }

        SendUsage();
    }

    // Another chunk comes before the finish reason: what came with the reason, such as the head of a call, is sent before that chunk.
    private void SendHeldContent(int index, ChoiceTracker tracker)
    {
        if (!tracker.HoldsContent)
        {
            return;
        }

        var usage = tracker.HoldsUsage ? tracker.TakeUsage() : null;
        SendBeforeFinish(index, tracker);
        if (usage is not null)
        {
            tracker.AddUsage(usage);
        }
    }

    // Holds a chunk with the reason only.
    private void SendBeforeFinish(int index, ChoiceTracker tracker)
    {
        SendWithoutFinish(tracker);
        var chunk = Chunk.Read(FinishChunk(index, FinishReasons.Json(tracker.Finish)).Span, new ChunkLayout());
        SendAdded(chunk, index, tracker);
    }

    // The usage comes last: a chunk that has only the usage waits for the finish reasons that wait.
    private void SendOrHoldUsage(ChunkLayout layout)
    {
        if (layout.ChoiceCount > 0 || !layout.HasUsage || !trackers.HoldFinish)
        {
            Send(JoinLines());
            return;
        }

        _heldUsage ??= new ByteBuffer(256);
        _heldUsage.Clear(); // A later one replaces it.
        _heldUsage.Append(JoinLines());
    }

    private void SendUsage()
    {
        if (_heldUsage is { Length: > 0 })
        {
            Send(_heldUsage.Span);
            _heldUsage.Clear();
        }
    }
}
