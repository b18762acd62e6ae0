using System.Text.Json;

namespace LambdaChat.Json;

/// <summary>The position of a member of a JSON object: offsets into the text. All are zero if the object has no such member.</summary>
internal struct JsonMember
{
    /// <summary>The opening quote of the name.</summary>
    public int NameStart;

    /// <summary>The first byte of the value. For a string this is the quote.</summary>
    public int ValueStart;

    /// <summary>The end of the value, exclusive.</summary>
    public int ValueEnd;

    /// <summary>The first token of the value.</summary>
    public JsonTokenType Type;

    public readonly bool Exists => ValueEnd > 0;

    public readonly bool IsNull => Type == JsonTokenType.Null;

    /// <summary>True for a nonempty string.</summary>
    public readonly bool HasText => Type == JsonTokenType.String && ValueEnd - ValueStart > 2;

    /// <summary>Moves a reader from the name to the last token of the value, and takes the positions in place.</summary>
    /// <param name="offset">Where the reader has begun in the text.</param>
    public void Read(ref Utf8JsonReader reader, int offset)
    {
        Begin(ref reader, offset);
        if (Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        End(reader, offset);
    }

    /// <summary>Moves a reader from the name to the first token of the value, and takes all positions but the end.</summary>
    public void Begin(ref Utf8JsonReader reader, int offset)
    {
        NameStart = (int)reader.TokenStartIndex + offset;
        reader.Read();
        ValueStart = (int)reader.TokenStartIndex + offset;
        Type = reader.TokenType;
    }

    /// <summary>Takes the end from a reader that is at the last token of the value.</summary>
    public void End(in Utf8JsonReader reader, int offset) => ValueEnd = (int)reader.BytesConsumed + offset;

    /// <summary>The place of the member with one of the commas around it.</summary>
    public readonly (int Start, int End) WithComma(ReadOnlySpan<byte> json)
    {
        var before = json[..NameStart].TrimEnd(" \t\r\n"u8).Length - 1;
        if (json[before] == (byte)',')
        {
            return (before, ValueEnd);
        }

        var after = ValueEnd + json[ValueEnd..].IndexOfAnyExcept(" \t\r\n"u8);
        return (NameStart, json[after] == (byte)',' ? after + 1 : ValueEnd);
    }

    /// <summary>The name, escaped as in JSON.</summary>
    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> json) =>
        json[(NameStart + 1)..(NameStart + 1 + json[(NameStart + 1)..ValueStart].LastIndexOf((byte)'"'))];

    /// <summary>The value as raw JSON.</summary>
    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json) => json[ValueStart..ValueEnd];

    /// <summary>The raw JSON between a string's quotes.</summary>
    public readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json) => json[(ValueStart + 1)..(ValueEnd - 1)];
}
