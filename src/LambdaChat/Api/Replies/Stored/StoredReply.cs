using System.Text.Json;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>A reply of the store that was opened for a reader. Its memory counts as that of a request until this is disposed.</summary>
/// <param name="release">Gives the memory back.</param>
internal sealed class StoredReply(JsonDocument request, ReplyReader reader, Action release) : IDisposable
{
    /// <summary>What the API has stored of the request.</summary>
    public JsonElement Request => request.RootElement;

    /// <summary>Has read the reply at least once.</summary>
    public ReplyReader Reader => reader;

    public void Dispose()
    {
        request.Dispose();
        release();
    }
}
