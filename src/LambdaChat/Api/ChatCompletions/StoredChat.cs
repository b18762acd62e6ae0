using System.Buffers;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>The stored part of a chat completion request: the form of its chunks.</summary>
internal static class StoredChat
{
    public static byte[] Write(OutputFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, format.Model);
            writer.WriteString("id"u8, format.Id);
            writer.WriteNumber("created"u8, format.Created);
            writer.WriteBoolean("errors"u8, format.ShowsErrors);
            writer.WriteBoolean("tools"u8, format.HasTools);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    public static OutputFormat Read(JsonElement json) =>
        new(json.GetProperty("model").GetString()!, OutputFormat.ChatChunk, json.GetProperty("id").GetString()!,
            json.GetProperty("created").GetInt64())
        {
            ShowsErrors = json.GetProperty("errors").GetBoolean(),
            HasTools = !json.TryGetProperty("tools", out var tools) || tools.GetBoolean(), // Older versions did not store it.
        };
}
