using System.Buffers;
using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Http;

namespace LambdaChat.Api.UiMessages;

/// <summary>What is stored with the chunks of a reply, so that its parts can be written again with the same ids.</summary>
/// <param name="Id">The id of the message.</param>
/// <param name="Model">The model's name in the request.</param>
/// <param name="ToolCalls">The ids of the tool calls before the reply.</param>
/// <param name="Earlier">The events of the earlier steps of the message.</param>
internal sealed record StoredUiMessage(string Id, string Model, IReadOnlyCollection<string> ToolCalls, byte[] Earlier)
{
    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, OpenAIError.Options))
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
            writer.WriteString("earlier"u8, Earlier);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    public static StoredUiMessage Read(JsonElement json) => new(
        json.GetProperty("id").GetString()!, json.GetProperty("model").GetString()!,
        [.. json.GetProperty("tool_calls").EnumerateArray().Select(static id => id.GetString()!)],
        Encoding.UTF8.GetBytes(json.GetProperty("earlier").GetString()!));

    /// <summary>Creates the writer of the reply.</summary>
    /// <param name="isResumed">True to write the earlier steps, too.</param>
    public BlockStream CreateWriter(HttpResponse response, bool isResumed)
    {
        var ids = ToolCallIds.Of(ToolCalls);
        return new BlockStream(response, output => new UiMessageEvents(Id, Model, ids, output, isResumed ? Earlier : default));
    }
}
