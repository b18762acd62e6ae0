using LambdaChat.Failures;

namespace LambdaChat.Relay;

// The memory of a reply that is held whole.
internal sealed partial class UpstreamReply
{
    // How often a document is in memory: while it arrives, in a buffer that grows, and while it becomes chunks and is collected from them.
    private const int CopiesOfUnfinished = 3;
    private const int CopiesOfRecord = 8;

    private bool _hasTurn;

    /// <summary>Lets a large document wait for its turn. True if it has waited.</summary>
    public ValueTask<bool> WaitForTurnAsync(CancellationToken cancellationToken) =>
        _request.Memory is not { } memory || IsOver || _records.UnfinishedLength < IReplyMemory.LargeDocument
            ? new ValueTask<bool>(false)
            : WaitAsync(memory.WaitForTurnAsync(cancellationToken));

    /// <summary>Ends the turn when the document has become chunks, before a client reads them.</summary>
    public void EndTurn()
    {
        if (_hasTurn)
        {
            _hasTurn = false;
            _request.Memory!.EndTurn();
        }
    }

    private async ValueTask<bool> WaitAsync(ValueTask<ReplyFailure?> turn)
    {
        var hasWaited = !turn.IsCompleted;
        if (await turn is { } failure)
        {
            Stop(failure);
            return hasWaited;
        }

        _hasTurn = true;
        return hasWaited;
    }

    // Counts the bytes of the record that is not complete. If it is no longer a large one, the turn has ended.
    private void NoteUnfinished()
    {
        if (!IsOver)
        {
            Reserve((long)CopiesOfUnfinished * _records.UnfinishedLength);
        }

        if (_hasTurn && _records.UnfinishedLength < IReplyMemory.LargeDocument)
        {
            EndTurn();
        }
    }

    // Counts bytes of a record, and what the writer holds. False if there is no memory for them.
    private bool Reserve(long bytes)
    {
        if (_request.Memory?.Reserve(bytes + _writer.HeldBytes) is { } failure)
        {
            Stop(failure);
            return false;
        }

        return true;
    }
}
