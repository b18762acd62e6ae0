namespace LambdaChat.Relay.Chunks;

// Sends the content of a chunk that also has a finish reason, and keeps only the reason.
internal sealed partial class ChunkEmitter
{
    /// <summary>
    /// Sends the chunks with finish reasons whose next record is late. A reason that more text may follow waits for the end: some servers
    /// write one into each chunk, others after each call.
    /// </summary>
    public void ReleaseLateFinishes()
    {
        for (var i = 0; i < trackers.Length; i++)
        {
            if (trackers[i] is { HoldsFinish: true } tracker)
            {
                if (tracker.MayContinue)
                {
                    SendHeldContent(i, tracker);
                }
                else
                {
                    EndChoice(i, tracker);
                }
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

    // The usage in a later chunk replaces that in the chunks that wait.
    private void SendAllHeldContent()
    {
        for (var i = 0; i < trackers.Length; i++)
        {
            if (trackers[i] is { } tracker)
            {
                SendHeldContent(i, tracker);
            }
        }
    }
}
