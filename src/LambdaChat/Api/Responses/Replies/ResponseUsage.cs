using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// The usage of a response. A number that the model server did not report is 0: clients that find null send the whole turn again.
/// Source: https://platform.openai.com/docs/api-reference/responses/object
/// </summary>
internal struct ResponseUsage
{
    private long _input;
    private long _cached;
    private long _output;
    private long _reasoning;

    /// <summary>Reads the <c>usage</c> object of a chunk.</summary>
    public void Read(ReadOnlySpan<byte> usage)
    {
        var reader = new Utf8JsonReader(usage);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                _input = Number(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                _output = Number(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                _cached = Detail(ref reader, "cached_tokens"u8);
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                _reasoning = Detail(ref reader, "reasoning_tokens"u8);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Writes the object of a response.</summary>
    public readonly void WriteTo(ByteBuffer output)
    {
        output.Append("{\"input_tokens\":"u8);
        output.AppendNumber(_input);
        output.Append(",\"input_tokens_details\":{\"cached_tokens\":"u8);
        output.AppendNumber(_cached);
        output.Append(",\"cache_write_tokens\":0},\"output_tokens\":"u8);
        output.AppendNumber(_output);
        output.Append(",\"output_tokens_details\":{\"reasoning_tokens\":"u8);
        output.AppendNumber(_reasoning);
        output.Append("},\"total_tokens\":"u8);
        output.AppendNumber(_input + _output);
        output.Append("}"u8);
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value >= 0 ? value : 0;
        reader.Skip();
        return number;
    }

    private static long Detail(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        long number = 0;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return number;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                number = Number(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return number;
    }
}
