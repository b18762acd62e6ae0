namespace LambdaChat.Relay.Chunks;

// Sends the content of a chunk that also has a finish reason, and keeps only the reason.
internal sealed partial class ChunkEmitter
{
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

    // Another chunk comes before the finish reason: what came with the reason, such as the head of a call, is sent before that chunk.
    private void SendHeldContent(int index, ChoiceTracker tracker)
    {
        if (!tracker.HoldsContent)
        {
            return;
        }

        SendWithoutFinish(tracker);
        var chunk = Chunk.Read(FinishChunk(index, FinishReasons.Json(tracker.Finish)).Span, new ChunkLayout());
        SendAdded(chunk, index, tracker);
    }
}
