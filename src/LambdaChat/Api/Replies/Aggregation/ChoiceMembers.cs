using System.Text.Json;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// The members of a choice next to its delta or text: the log probabilities, the finish reason, and those that the relay does not know.
/// </summary>
internal sealed class ChoiceMembers
{
    private const int MaximumReasonLength = 256;

    private readonly JoinedMembers _others = new(joinsTexts: false);
    private readonly JoinedMembers _logprobs = new(joinsTexts: false);
    private bool _hasLogprobs;
    private string? _finishReason;

    /// <summary>Takes the members of a choice of a chunk; returns the bytes kept.</summary>
    /// <param name="text">The name of the delta or the text, which is not taken.</param>
    public int Add(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text)
    {
        var kept = 0;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(text) || reader.ValueTextEquals("index"u8))
            {
                reader.Skip();
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                _finishReason = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaximumReasonLength
                    ? reader.GetString()
                    : _finishReason;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                kept += AddLogprobs(ref reader, json);
            }
            else
            {
                kept += _others.Take(ref reader, json);
            }
        }

        return kept;
    }

    /// <summary>Writes the members into the object of the choice.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (_hasLogprobs)
        {
            writer.WriteStartObject("logprobs"u8);
            _logprobs.WriteTo(writer);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("logprobs"u8);
        }

        writer.WriteString("finish_reason"u8, _finishReason);
        _others.WriteTo(writer);
    }

    private int AddLogprobs(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return 0;
        }

        _hasLogprobs = true;
        var kept = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            kept += _logprobs.Take(ref reader, json);
        }

        return kept;
    }
}
