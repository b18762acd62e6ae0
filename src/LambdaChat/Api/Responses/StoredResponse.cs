using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.ReplyStore;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses;

/// <summary>A response in the store: the stored part of its request, and its reply.</summary>
internal sealed class StoredResponse(JsonDocument document, ReplyReader reader) : IDisposable
{
    public ResponseView View { get; } = ResponseView.Read(document.RootElement.GetProperty("view"));

    /// <summary>The items of the input, with those of the responses before it: raw JSON of an array.</summary>
    public JsonElement Input => document.RootElement.GetProperty("items");

    public ReplyReader Reader => reader;

    /// <summary>Returns the part of a request that is stored.</summary>
    /// <param name="history">The items before the input; null for none.</param>
    /// <param name="stored">The items to which the input refers.</param>
    public static byte[] Write(ResponseView view, RequestItem? history, RequestItem input, IStoredItems stored)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, OpenAIError.Options))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("view"u8);
            view.WriteTo(writer);
            writer.WriteStartArray("items"u8);
            foreach (var item in history?.Elements() ?? [])
            {
                writer.WriteRawValue(item.Raw, skipInputValidation: true);
            }

            InputItems.Write(writer, input, stored);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Opens a response of the caller; null if the caller has no response with this id.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public static async Task<StoredResponse?> OpenAsync(StoredReplies replies, HttpContext context, string id) =>
        id.StartsWith("resp_", StringComparison.Ordinal) && await replies.OpenAsync(context, id) is var (request, reader)
            ? new StoredResponse(request, reader)
            : null;

    /// <summary>Writes the response in the state of the last read.</summary>
    public void WriteTo(ByteBuffer output)
    {
        var resource = new ResponseResource(View, static () => true);
        var (state, ending) = ReadState();
        if (ending is not null)
        {
            resource.WriteEnd(output, state, StoredEnd.Read(ending, []));
        }
        else if (reader.Head!.Status == ReplyStatus.Cancelled)
        {
            state.End(isFailed: true);
            resource.WriteOpen(output, "cancelled"u8, state.Items);
        }
        else
        {
            var isQueued = View.IsBackground && !state.HasBegun;
            resource.WriteOpen(output, isQueued ? "queued"u8 : "in_progress"u8, state.Items);
        }
    }

    /// <summary>Returns the input and the output, as the input of the next response.</summary>
    public JsonDocument ToHistory()
    {
        var (state, _) = ReadState();
        var output = new ByteBuffer(4096);
        var input = JsonMarshal.GetRawUtf8Value(Input);
        output.Append(input[..^1]);
        output.Append(Input.GetArrayLength() > 0 && !state.Items.IsEmpty ? ","u8 : default);
        output.Append(state.Items);
        output.Append("]"u8);
        return JsonDocument.Parse(output.Memory);
    }

    public void Dispose() => document.Dispose();

    private (ResponseState State, ReplyEnding? Ending) ReadState()
    {
        var state = View.CreateState(events: null);
        while (reader.MoveNext())
        {
            state.Add(reader.Chunk);
        }

        if (reader.Ending is { } ending)
        {
            state.End(isFailed: ending.Status != ReplyStatus.Completed);
        }

        return (state, reader.Ending);
    }
}
