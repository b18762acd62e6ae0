using System.Text.Json;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>A reply of the store that was opened for a reader. Its memory counts as that of a request until this is disposed.</summary>
/// <param name="memory">The memory of what is made of the reply.</param>
/// <param name="stored">The memory of the stored form.</param>
internal sealed class StoredReply(JsonDocument request, ReplyReader reader, MemoryReservation memory, StoredReplyMemory stored)
    : IDisposable
{
    /// <summary>What the API has stored of the request.</summary>
    public JsonElement Request => request.RootElement;

    /// <summary>Has read the reply at least once.</summary>
    public ReplyReader Reader => reader;

    /// <summary>The memory of the reply where it is held whole.</summary>
    public MemoryReservation Memory => memory;

    /// <summary>The bytes of the stored form when the reply was opened.</summary>
    public int Length => stored.Length;

    public void Dispose()
    {
        request.Dispose();
        memory.Dispose();
        stored.Dispose();
    }
}
