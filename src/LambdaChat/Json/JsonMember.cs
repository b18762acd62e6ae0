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

    /// <summary>The value as raw JSON.</summary>
    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json) => json[ValueStart..ValueEnd];

    /// <summary>The raw JSON between a string's quotes.</summary>
    public readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json) => json[(ValueStart + 1)..(ValueEnd - 1)];
}
