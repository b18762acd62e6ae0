using System.Text.Json;

namespace LambdaChat.Json;

/// <summary>Where a member of a JSON object stands: offsets into the text. All zero where the object has no such member.</summary>
internal struct JsonMember
{
    /// <summary>The opening quote of its name.</summary>
    public int NameStart;

    /// <summary>The first byte of its value, of a text's its quote.</summary>
    public int ValueStart;

    /// <summary>Behind the last byte of its value.</summary>
    public int ValueEnd;

    /// <summary>The kind of its value.</summary>
    public JsonTokenType Type;

    public readonly bool Exists => ValueEnd > 0;

    public readonly bool IsNull => Type == JsonTokenType.Null;

    /// <summary>True for a string that is not empty.</summary>
    public readonly bool HasText => Type == JsonTokenType.String && ValueEnd - ValueStart > 2;

    /// <summary>The value as it stands in the JSON.</summary>
    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json) => json[ValueStart..ValueEnd];

    /// <summary>What stands between a text's quotes.</summary>
    public readonly ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json) => json[(ValueStart + 1)..(ValueEnd - 1)];
}
