using LambdaChat.Failures;

namespace LambdaChat.Relay;

// The memory of a reply that is held whole.
internal sealed partial class UpstreamReply
{
    // How often a document is in memory: while it arrives, in a buffer that grows, and while it becomes chunks and is collected from them.
    private const int CopiesOfUnfinished = 3;
    private const int CopiesOfRecord = 8;

    /// <summary>Lets a large document wait for its turn. True if it has waited.</summary>
    public ValueTask<bool> WaitForTurnAsync(CancellationToken cancellationToken) =>
        _request.Memory is not { } memory || IsOver || _records.UnfinishedLength < IReplyMemory.LargeDocument
            ? new ValueTask<bool>(false)
            : WaitAsync(memory.WaitForTurnAsync(cancellationToken));

    private async ValueTask<bool> WaitAsync(ValueTask<ReplyFailure?> turn)
    {
        var hasWaited = !turn.IsCompleted;
        if (await turn is { } failure)
        {
            Stop(failure);
        }

        return hasWaited;
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
