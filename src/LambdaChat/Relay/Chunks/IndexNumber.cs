using System.Globalization;
using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The index of a choice or a call. Some servers send it as a text or as a fraction.</summary>
internal static class IndexNumber
{
    /// <summary>Reads the value at the reader's position; null if it is not a whole number.</summary>
    public static int? ValueOf(in Utf8JsonReader reader) =>
        IsPlain(reader, out var index) ? index
        : reader.TokenType is JsonTokenType.Number or JsonTokenType.String
            && double.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= int.MaxValue && double.IsInteger(number)
            ? (int)number
        : null;

    /// <summary>True for a number in the form that clients get.</summary>
    public static bool IsPlain(in Utf8JsonReader reader, out int index)
    {
        index = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out index);
    }
}
