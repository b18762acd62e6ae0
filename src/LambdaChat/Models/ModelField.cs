using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Models;

/// <summary>One field of a JSON object in <c>MODELS</c>.</summary>
/// <param name="Json">The value as written.</param>
/// <param name="Text">A scalar as text; null for arrays, objects and null.</param>
/// <param name="IsSet">False for null and for an empty string.</param>
internal sealed record ModelField(string Name, ReadOnlyMemory<byte> Json, string? Text, bool IsSet)
{
    public static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the value at the reader's position.</summary>
    /// <param name="json">The text that the reader reads.</param>
    public static ModelField Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name)
    {
        var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
        var text = type switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => null,
        };
        reader.Skip();
        return new ModelField(name, json[start..(int)reader.BytesConsumed], text, type != JsonTokenType.Null && text is not "");
    }

    /// <summary>The value without comments and white space, to be spliced into requests.</summary>
    /// <exception cref="JsonException">An object in the value has a member twice.</exception>
    public byte[] Compact()
    {
        var output = new ArrayBufferWriter<byte>();
        var options = new JsonDocumentOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            AllowDuplicateProperties = false,
        };
        using (var document = JsonDocument.Parse(Json, options))
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.WriteTo(writer);
        }

        return output.WrittenSpan.ToArray();
    }
}
