using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;

namespace LambdaChat.Api.Replies;

/// <summary>
/// Bounds the memory of all replies that are held whole. Each reserves it in coarse steps while it grows. Streams and small replies need
/// none. Large documents are read and converted one after the other, a few at a time in a process with much memory.
/// </summary>
/// <param name="memory">One caller gets at most half of it while it has several such replies. A single reply gets all of it.</param>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing to dispose.
internal sealed class ReplyMemory(MemoryBudget memory, TimeProvider timeProvider)
#pragma warning restore CA1001
{
    public const int Step = 1024 * 1024; // Bytes.

    private const double ShareOfMemory = 3.0 / 8;
    private const long MemoryOfTurn = 256 * 1024 * 1024; // Bytes.

    /// <summary>The maximum time for which a document waits for its turn.</summary>
    public static readonly TimeSpan TurnTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turns = new((int)Math.Clamp(memory.Capacity / MemoryOfTurn, 1, int.MaxValue));

    public static ReplyMemory Create(TimeProvider timeProvider) => new(MemoryBudget.Create(timeProvider, ShareOfMemory), timeProvider);

    /// <summary>Begins a reply that reserves nothing yet.</summary>
    public MemoryReservation Begin(HttpContext context) => new(memory, _turns, Caller.Of(context).Id ?? "", timeProvider);
}
