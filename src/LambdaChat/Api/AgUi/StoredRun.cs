using System.Text.Json;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Json;

namespace LambdaChat.Api.AgUi;

/// <summary>A run of a thread: what is stored with the chunks of its reply, besides the messages before it.</summary>
/// <param name="ThreadId">The id of the thread, as a JSON string.</param>
/// <param name="RunId">The id of the run, as a JSON string.</param>
internal sealed record StoredRun(StoredBlocks Blocks, byte[] ThreadId, byte[] RunId)
{
    private const string Messages = "messages";

    /// <param name="before">The messages before the run.</param>
    public byte[] Write(IEnumerable<RequestItem> before) => Blocks.Write(writer =>
    {
        writer.WritePropertyName("thread_id"u8);
        writer.WriteRawValue(ThreadId);
        writer.WritePropertyName("run_id"u8);
        writer.WriteRawValue(RunId);
        writer.WriteStartArray(Messages);
        ThreadSnapshot.WriteMessages(writer, before);
        writer.WriteEndArray();
    });

    public static StoredRun Read(JsonElement json) => new(
        StoredBlocks.Read(json), JsonText.Quote(json.GetProperty("thread_id").GetString()!),
        JsonText.Quote(json.GetProperty("run_id").GetString()!));

    /// <summary>Returns the messages before the run, as they were stored.</summary>
    public static JsonElement MessagesOf(JsonElement json) => json.GetProperty(Messages);

    /// <summary>Creates the writer of the events.</summary>
    /// <param name="isForOldClients">Whether clients that do not know the events of thinking must skip them.</param>
    /// <param name="snapshot">The event with the messages before the run, for a client that resumes it.</param>
    public BlockStream CreateWriter(HttpResponse response, bool isForOldClients, ReadOnlyMemory<byte> snapshot = default)
    {
        var ids = Blocks.CreateIds();
        return new BlockStream(
            response, output => new AgUiEvents(ThreadId, RunId, Blocks.Id, Blocks.Model, ids, output, snapshot, isForOldClients));
    }
}
