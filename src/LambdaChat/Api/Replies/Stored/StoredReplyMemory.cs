using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>The memory of one stored reply that is opened, which counts as that of a request until this is disposed.</summary>
internal sealed class StoredReplyMemory(MemoryBudget budget, string caller) : IDisposable
{
    private const int Copies = 3; // While a reply is read, it is in memory in its stored form, as items and as a response.

    private long _reserved;

    /// <summary>The bytes of the stored form.</summary>
    public int Length { get; private set; }

    /// <summary>Reserves the memory of a part of the stored form.</summary>
    /// <exception cref="ErrorResponseException">There is no memory for it.</exception>
    public void Reserve(int length)
    {
        var bytes = (long)Copies * length;
        if (!budget.TryReserve(bytes, caller, _reserved))
        {
            throw new ErrorResponseException(MemoryBudget.Exhausted);
        }

        _reserved += bytes;
        Length += length;
    }

    public void Dispose()
    {
        budget.Release(_reserved, caller);
        _reserved = 0;
    }
}
