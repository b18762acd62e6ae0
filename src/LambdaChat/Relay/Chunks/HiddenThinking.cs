using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Removes from a chunk what repeats its thinking, where clients receive none: members such as <c>reasoning_details</c> at any place, ids
/// of tokens, and the logprobs of the thinking. The texts of the thinking itself stay, because the later steps need them to tell thinking
/// from answer.
/// </summary>
internal static class HiddenThinking
{
    // llama.cpp's, with the whole text of the model.
    private static ReadOnlySpan<byte> Verbose => "__verbose"u8;

    private enum Place
    {
        Record,
        Choice,
        Delta,
        Other,
    }

    /// <summary>Writes the chunk without the repetitions; false if it has none.</summary>
    public static bool TryRemove(in Chunk chunk, ByteBuffer output)
    {
        var json = chunk.Json;
        if (!ThinkingNames.Contains(json) && json.IndexOf("token_ids"u8) < 0 && json.IndexOf(Verbose) < 0)
        {
            return false;
        }

        output.Clear();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        WriteObject(chunk, ref reader, Place.Record, choice: -1, output);
        return !output.Span.SequenceEqual(json);
    }

    // The reader is at the opening brace, and moves to the closing one.
    private static void WriteObject(in Chunk chunk, ref Utf8JsonReader reader, Place place, int choice, ByteBuffer output)
    {
        output.Append("{"u8);
        var isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            if (IsRemoved(name, place, reader))
            {
                reader.Skip();
                continue;
            }

            output.Append(isFirst ? default : ","u8);
            output.Append(chunk.Json[start..(int)reader.TokenStartIndex]);
            isFirst = false;
            WriteMember(chunk, name, ref reader, place, choice, output);
        }

        output.Append("}"u8);
    }

    private static bool IsRemoved(ReadOnlySpan<byte> name, Place place, in Utf8JsonReader value) => place switch
    {
        Place.Delta when ThinkingNames.IsText(name) => value.TokenType is not (JsonTokenType.String or JsonTokenType.Null),
        Place.Choice when ThinkingNames.IsTokenIds(name) => true,
        Place.Record when name.SequenceEqual(Verbose) => true,
        _ => ThinkingNames.Contains(name) || (IsBlock(value) && !name.SequenceEqual("delta"u8)),
    };

    private static void WriteMember(
        in Chunk chunk, ReadOnlySpan<byte> name, ref Utf8JsonReader reader, Place place, int choice, ByteBuffer output)
    {
        if (place == Place.Record && name.SequenceEqual("choices"u8) && reader.TokenType == JsonTokenType.StartArray)
        {
            WriteArray(chunk, ref reader, Place.Choice, output);
        }
        else if (place == Place.Choice && name.SequenceEqual("delta"u8) && reader.TokenType == JsonTokenType.StartObject)
        {
            WriteObject(chunk, ref reader, Place.Delta, choice, output);
        }
        else if (place == Place.Choice && name.SequenceEqual("logprobs"u8) && chunk.Layout.Choice(choice).HasReasoning)
        {
            reader.Skip();
            ContentLogprobs.Write(chunk, chunk.Layout.Choice(choice), output);
        }
        else
        {
            WriteValue(chunk, ref reader, isText: IsOfReply(name, place), output);
        }
    }

    // Members that the relay edits itself, and that may contain these words in a text.
    private static bool IsOfReply(ReadOnlySpan<byte> name, Place place) => place switch
    {
        Place.Record => name.SequenceEqual("usage"u8),
        Place.Choice => name.SequenceEqual("logprobs"u8),
        Place.Delta => name.SequenceEqual("tool_calls"u8) || name.SequenceEqual("function_call"u8),
        _ => false,
    };

    private static void WriteValue(in Chunk chunk, ref Utf8JsonReader reader, bool isText, ByteBuffer output)
    {
        var start = (int)reader.TokenStartIndex;
        var end = reader;
        end.Skip();
        var value = chunk.Json[start..(int)end.BytesConsumed];
        if (isText || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray) || !ThinkingNames.Contains(value))
        {
            output.Append(value);
            reader = end;
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            WriteObject(chunk, ref reader, Place.Other, choice: -1, output);
        }
        else
        {
            WriteArray(chunk, ref reader, Place.Other, output);
        }
    }

    private static void WriteArray(in Chunk chunk, ref Utf8JsonReader reader, Place place, ByteBuffer output)
    {
        output.Append("["u8);
        var (position, isFirst) = (0, true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (place == Place.Other && IsBlock(reader))
            {
                reader.Skip();
                continue;
            }

            output.Append(isFirst ? default : ","u8);
            isFirst = false;
            if (place == Place.Choice)
            {
                WriteObject(chunk, ref reader, place, position++, output);
            }
            else
            {
                WriteValue(chunk, ref reader, isText: false, output);
            }
        }

        output.Append("]"u8);
    }

    // {"type":"reasoning.text","text":…} and {"thought":true,"text":…}. This copy of the reader is moved, the caller's is not.
    private static bool IsBlock(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isThought) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("thought"u8));
            reader.Read();
            if ((isType && reader.TokenType == JsonTokenType.String && ThinkingNames.Contains(reader.ValueSpan))
                || (isThought && reader.TokenType == JsonTokenType.True))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
