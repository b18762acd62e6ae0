using System.Buffers;
using System.Text;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.UiMessages.Replies;

/// <summary>The input of a tool call of the reply. Its text is complete when the reply is.</summary>
/// <param name="Id">The id, as a JSON string.</param>
/// <param name="Name">The name of the tool, as a JSON string.</param>
internal sealed record ToolInput(byte[] Id, byte[] Name)
{
    private const int MaximumDepth = 64;

    /// <summary>The JSON text, escaped as in a JSON string, in memory of the pool.</summary>
    public ByteBuffer Text { get; } = new(256, isPooled: true);

    /// <summary>True if the reply may have ended before the text was complete.</summary>
    public bool MayBeCut { get; set; }

    /// <summary>Writes the input as JSON on one line. False if the text is not an object that clients accept.</summary>
    public bool TryWrite(ByteBuffer output)
    {
        var json = JsonText.Decode(Text.Span);
        if (string.IsNullOrWhiteSpace(json))
        {
            output.Append("{}"u8); // A call without arguments, unless they were cut.
            return !MayBeCut;
        }

        try
        {
            using var document = JsonDocument.Parse(
                JsonText.ToValid(Encoding.UTF8.GetBytes(json)), new JsonDocumentOptions { MaxDepth = MaximumDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object || IsRefused(document.RootElement))
            {
                return false;
            }

            Write(document.RootElement, output);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>True for a value that the AI SDK refuses, because a member of it can change an object's prototype.</summary>
    public static bool IsRefused(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(static member =>
            member.Name == "__proto__" || (member.Name == "constructor" && HasPrototype(member.Value)) || IsRefused(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(IsRefused),
        _ => false,
    };

    private static bool HasPrototype(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("prototype", out _);

    private static void Write(JsonElement value, ByteBuffer output)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonText.WriterOptions))
        {
            value.WriteTo(writer);
        }

        output.Append(json.WrittenSpan);
    }
}
