using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>What is stored with the chunks of a reply to a chat page, so that its events can be written again with the same ids.</summary>
/// <param name="Id">The id of the message, or its beginning.</param>
/// <param name="Model">The model's name in the request.</param>
/// <param name="ToolCalls">The ids of the tool calls before the reply.</param>
internal sealed record StoredBlocks(string Id, string Model, IReadOnlyCollection<string> ToolCalls)
{
    /// <param name="writeMore">Writes the members of the protocol.</param>
    public byte[] Write(Action<Utf8JsonWriter> writeMore)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, Id);
            writer.WriteString("model"u8, Model);
            writer.WriteStartArray("tool_calls"u8);
            foreach (var id in ToolCalls)
            {
                writer.WriteStringValue(id);
            }

            writer.WriteEndArray();
            writeMore(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    public static StoredBlocks Read(JsonElement json) => new(
        json.GetProperty("id").GetString()!, json.GetProperty("model").GetString()!,
        [.. json.GetProperty("tool_calls").EnumerateArray().Select(static id => id.GetString()!)]);

    /// <summary>Creates the ids for the tool calls of the reply.</summary>
    public ToolCallIds CreateIds() => ToolCallIds.Of(ToolCalls);
}
