using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The member <c>function_call</c> of a delta, the legacy form of a tool call. Some servers write it into each chunk, with empty texts.
/// Source: https://platform.openai.com/docs/api-reference/chat/object
/// </summary>
internal static class LegacyCall
{
    /// <summary>Finds its parts that are not empty.</summary>
    /// <param name="reader">At the member's name. This copy is moved, the caller's reader is not.</param>
    public static LegacyCallParts Find(Utf8JsonReader reader)
    {
        reader.Read();
        var parts = LegacyCallParts.None;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return parts;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = reader.ValueTextEquals("name"u8) ? LegacyCallParts.Name
                : reader.ValueTextEquals("arguments"u8) ? LegacyCallParts.Arguments
                : LegacyCallParts.None;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
            {
                parts |= part;
            }
            else if (reader.TokenType == JsonTokenType.StartObject && part == LegacyCallParts.Arguments)
            {
                parts |= LegacyCallParts.Arguments | LegacyCallParts.Object;
            }

            reader.Skip();
        }

        return parts;
    }

    /// <summary>Writes the value of the member, with the arguments as a text.</summary>
    public static void Write(ReadOnlySpan<byte> json, ByteBuffer output)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var call = ToolCallPiece.Read(ref reader, json);
        json.Overlaps(call.Arguments, out var start);
        output.Append(json[..start]);
        output.Append("\""u8);
        call.AppendArguments(output);
        output.Append("\""u8);
        output.Append(json[(start + call.Arguments.Length)..]);
    }
}

/// <summary>The parts of an <see cref="LegacyCall"/>.</summary>
[Flags]
internal enum LegacyCallParts
{
    None = 0,
    Name = 1,
    Arguments = 2,

    /// <summary>The arguments are a JSON object, and not its text.</summary>
    Object = 4,
}
