using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.ReplyStore;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses;

/// <summary>A response in the store: the stored part of its request, and its reply.</summary>
internal sealed class StoredResponse(StoredReply reply) : IDisposable
{
    public ResponseView View => field ??= ResponseView.Read(reply.Request.GetProperty("view"));

    /// <summary>The items of the input, with those of the responses before it: raw JSON of an array.</summary>
    public JsonElement Input => reply.Request.GetProperty("items");

    /// <summary>The routing hint; null if there was none.</summary>
    public RoutingHint? Hint => reply.Request.TryGetProperty("hint", out var hint) ? RoutingHint.Parse(hint.GetString()) : null;

    public ReplyReader Reader => reply.Reader;

    /// <inheritdoc cref="StoredReply.Length"/>
    public int Length => reply.Length;

    /// <inheritdoc cref="StoredReply.Memory"/>
    public MemoryReservation Memory => reply.Memory;

    /// <summary>Returns the part of a request that is stored.</summary>
    /// <param name="history">The items before the input; null for none.</param>
    /// <param name="stored">The items to which the input refers.</param>
    /// <param name="hint">The routing hint; null for none.</param>
    public static byte[] Write(ResponseView view, RequestItem? history, RequestItem input, IStoredItems stored, RoutingHint? hint)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("view"u8);
            view.WriteTo(writer);
            writer.WriteString("hint"u8, hint?.ToString());
            writer.WriteStartArray("items"u8);
            foreach (var item in history?.Elements() ?? [])
            {
                writer.WriteRawValue(item.Raw, skipInputValidation: true);
            }

            InputItems.Write(writer, input, stored, new HistoryItems(history));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Opens a response of the caller; null if the caller has no response with this id.</summary>
    /// <param name="search">The search to which this one belongs; null for its own.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    /// <exception cref="ErrorResponseException">There is no memory for it.</exception>
    public static async Task<StoredResponse?> OpenAsync(StoredReplies replies, HttpContext context, string id, long? search = null) =>
        IsId(id) && await replies.OpenAsync(context, id, search) is { } reply
            ? new StoredResponse(reply)
            : null;

    /// <summary>True if the id is that of a response, and not of another API's reply.</summary>
    public static bool IsId(string id) => id.StartsWith("resp_", StringComparison.Ordinal);

    /// <summary>Writes the response in the state of the last read.</summary>
    public void WriteTo(ByteBuffer output)
    {
        var resource = new ResponseResource(View, static () => true);
        using var state = ReadState();
        if (Reader.Ending is { } ending)
        {
            resource.WriteEnd(output, state, StoredEnd.Read(ending, []));
        }
        else if (Reader.Head!.Status == ReplyStatus.Cancelled)
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
        using var state = ReadState();
        var output = new ByteBuffer(4096);
        var input = JsonMarshal.GetRawUtf8Value(Input);
        output.Append(input[..^1]);
        output.Append(Input.GetArrayLength() > 0 && !state.Items.IsEmpty ? ","u8 : default);
        output.Append(state.Items);
        output.Append("]"u8);
        // The model's escapes are not those of clients, which may send the text again.
        var length = JsonMinifier.MinifyInPlace(output.Memory.Span);
        return JsonDocument.Parse(output.Memory[..length], RequestItem.Options);
    }

    public void Dispose() => reply.Dispose();

    private ResponseState ReadState()
    {
        var state = View.CreateState(events: null);
        while (Reader.MoveNext())
        {
            state.Add(Reader.Chunk);
            if (Memory.Reserve(state.HeldBytes) is { } failure)
            {
                state.Dispose();
                throw new ErrorResponseException(failure.ToError());
            }
        }

        if (Reader.Ending is { } ending)
        {
            state.End(isFailed: ending.Status != ReplyStatus.Completed);
        }

        return state;
    }
}
