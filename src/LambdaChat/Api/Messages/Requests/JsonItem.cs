using System.Text.Json;
using LambdaChat.Api.Requests;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>A JSON value of a request as the bytes that arrived.</summary>
/// <param name="Type">Its first token.</param>
internal readonly record struct JsonItem(JsonTokenType Type, ReadOnlyMemory<byte> Json)
{
    public bool IsText => Type == JsonTokenType.String;

    public bool IsArray => Type == JsonTokenType.StartArray;

    public bool IsObject => Type == JsonTokenType.StartObject;

    /// <summary>A string without its quotes, escaped.</summary>
    public ReadOnlyMemory<byte> Text => Json[1..^1];

    /// <summary>The elements of an array.</summary>
    public List<JsonItem> Elements()
    {
        var elements = new List<JsonItem>();
        var reader = new Utf8JsonReader(Json.Span, new JsonReaderOptions { MaxDepth = RequestValidator.MaximumDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            elements.Add(new JsonItem(type, Json[start..(int)reader.BytesConsumed]));
        }

        return elements;
    }
}
