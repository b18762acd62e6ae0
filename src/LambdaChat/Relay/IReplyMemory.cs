using LambdaChat.Failures;

namespace LambdaChat.Relay;

/// <summary>The memory that one reply takes where it is held whole. All replies of the process share it.</summary>
internal interface IReplyMemory
{
    /// <summary>Documents of at least this length, in bytes, are parsed one after the other.</summary>
    const int LargeDocument = 256 * 1024;

    /// <summary>Reserves memory up to a total. Small amounts are free.</summary>
    /// <param name="bytes">The bytes that the reply takes now, with all copies of it.</param>
    /// <returns>Why the reply cannot be held, as for all later bytes; null if it can.</returns>
    ReplyFailure? Reserve(long bytes);

    /// <summary>
    /// Waits for a slot to parse a large document, which takes many times its length in memory. During the turn, and after a failure, later
    /// calls return the first result.
    /// </summary>
    /// <returns>Why the document cannot be held; null if it can.</returns>
    ValueTask<ReplyFailure?> WaitForTurnAsync(CancellationToken cancellationToken);

    /// <summary>Ends the turn. The memory stays reserved.</summary>
    void EndTurn();

    /// <summary>Ends the turn, and gives back the memory beyond these bytes.</summary>
    void Shrink(long bytes);
}
