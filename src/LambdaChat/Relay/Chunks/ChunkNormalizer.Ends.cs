namespace LambdaChat.Relay.Chunks;

// The ends of texts and choices.
internal sealed partial class ChunkNormalizer
{
    /// <summary>No more text follows: sends what waited for more text.</summary>
    /// <param name="onlyFinished">True for choices whose text that waits has a finish reason. Others may be continued.</param>
    public void EndTexts(bool onlyFinished)
    {
        for (var i = 0; i < Choices.Length; i++)
        {
            if (Choices[i] is { } tracker && (!onlyFinished || tracker.HoldsFinishedText))
            {
                EndText(i, tracker);
            }
        }
    }

    /// <summary>Sends what came in one chunk with a finish reason, because the next record is late.</summary>
    public void SendHeldContent() => _emitter.SendAllHeldContent();

    /// <summary>Sends the finish reasons that waited for the end.</summary>
    /// <param name="isComplete">False for a reply that failed: its finish reasons are not sent.</param>
    public void EndChoices(bool isComplete)
    {
        if (isComplete)
        {
            _emitter.SendFinishes(isEnd: true);
        }
        else
        {
            _emitter.DiscardFinishes();
        }
    }

    /// <summary>
    /// Gives the choices that have no finish reason the one before their last text, or <c>stop</c>: <c>[DONE]</c> has completed the reply.
    /// <see cref="EndChoices"/> sends it.
    /// </summary>
    public void Finish()
    {
        for (var i = 0; i < Choices.Length; i++)
        {
            if (Choices[i] is { Finish: FinishReason.None } tracker)
            {
                var reason = tracker.HasWithdrawnFinish ? tracker.WithdrawnFinish : FinishReason.Stop;
                _emitter.HoldFinish(i, FinishReasons.Json(reason));
            }
        }
    }

    private void EndText(int index, ChoiceTracker tracker)
    {
        _thinking.End(tracker);
        _emitter.EndThinking(index);
    }

    // The usage comes last: a text that waits and has its finish reason is sent before the usage in the chunk of another choice.
    private void EndTextsBeforeUsage(in Chunk chunk)
    {
        for (var i = 0; chunk.Layout.HasUsage && i < Choices.Length; i++)
        {
            if (Choices[i] is { HoldsFinishedText: true } tracker && !Contains(chunk, i))
            {
                EndText(i, tracker);
            }
        }
    }

    private bool Contains(in Chunk chunk, int index)
    {
        for (var i = 0; i < chunk.Layout.ChoiceCount; i++)
        {
            if (Choices.IndexOf(chunk.Layout.Choice(i)) == index)
            {
                return true;
            }
        }

        return false;
    }
}
