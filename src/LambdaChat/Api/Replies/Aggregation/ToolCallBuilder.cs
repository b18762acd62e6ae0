using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>One tool call, put together from its deltas: the id and the name come once, the arguments in pieces.</summary>
internal sealed class ToolCallBuilder
{
    private readonly JsonTextBuilder _arguments = new();
    private readonly JoinedMembers _others = new(joinsTexts: true);
    private readonly JoinedMembers _functionOthers = new(joinsTexts: true);
    private string? _id;
    private string? _type;
    private string? _name;

    /// <summary>Takes one element of <c>tool_calls</c>; returns the bytes kept.</summary>
    public int Add(ReadOnlySpan<byte> json)
    {
        var kept = 0;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("function"u8))
            {
                kept += AddFunction(ref reader, json);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                _id = ReadText(ref reader) ?? _id;
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                _type = ReadText(ref reader) ?? _type;
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Skip();
            }
            else
            {
                kept += _others.Take(ref reader, json);
            }
        }

        return kept;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id);
        writer.WriteString("type"u8, _type ?? "function");
        if (!_others.Contains("custom")) // A custom tool has its name and its input there.
        {
            WriteFunction(writer);
        }

        _others.WriteTo(writer);
        writer.WriteEndObject();
    }

    private void WriteFunction(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, _name ?? ""); // A typed client cannot read null.
        writer.WritePropertyName("arguments"u8);
        _arguments.WriteTo(writer);
        _functionOthers.WriteTo(writer);
        writer.WriteEndObject();
    }

    private int AddFunction(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return 0;
        }

        var kept = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("arguments"u8))
            {
                kept += AddArguments(ref reader, json);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                _name = ReadText(ref reader) ?? _name;
            }
            else
            {
                kept += _functionOthers.Take(ref reader, json);
            }
        }

        return kept;
    }

    // Some servers send the arguments as a JSON object, not as its text.
    private int AddArguments(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
        reader.Skip();
        var arguments = json[start..(int)reader.BytesConsumed];
        return type switch
        {
            JsonTokenType.String => _arguments.Add(arguments[1..^1]),
            JsonTokenType.StartObject =>
                _arguments.Add(JsonEncodedText.Encode(arguments, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes),
            _ => 0,
        };
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty ? reader.GetString() : null;
        reader.Skip();
        return text;
    }
}
