using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The member <c>function_call</c> of a delta, the older form of a tool call. Some servers write it into each chunk, with empty texts.
/// Source: https://platform.openai.com/docs/api-reference/chat/object
/// </summary>
internal static class OlderCall
{
    /// <summary>True if it has a part of a name or of arguments.</summary>
    /// <param name="reader">At the member's name. This copy is moved, the caller's reader is not.</param>
    public static bool HasText(Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPart = reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("arguments"u8);
            reader.Read();
            if (isPart && (reader.TokenType == JsonTokenType.StartObject
                || (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
