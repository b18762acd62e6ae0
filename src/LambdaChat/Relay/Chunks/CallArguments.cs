using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>The arguments in <c>tool_calls</c> or <c>function_call</c>: the text of calls, without the names and ids around it.</summary>
internal static class CallArguments
{
    /// <summary>Moves a reader from the first token of the value to its last one. Returns the bytes of the arguments, as JSON.</summary>
    public static int Measure(ref Utf8JsonReader reader)
    {
        var length = 0;
        var depth = Step(reader.TokenType);
        while (depth > 0)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.PropertyName
                && (reader.ValueSpan.SequenceEqual("arguments"u8) || reader.ValueSpan.SequenceEqual("input"u8)))
            {
                length += LengthOf(ref reader);
            }
            else
            {
                depth += Step(reader.TokenType);
            }
        }

        return length;
    }

    private static int Step(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
        JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
        _ => 0,
    };

    // Some servers send the arguments as an object.
    private static int LengthOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueSpan.Length;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return reader.TokenType == JsonTokenType.Null ? 0 : (int)reader.BytesConsumed - start;
    }
}
