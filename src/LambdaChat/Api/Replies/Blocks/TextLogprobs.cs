using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>
/// The logprobs of a reply's text. The relay holds white space until more text shows that it is a part of the text. The logprobs of this
/// white space come earlier, in a chunk without a text.
/// </summary>
internal sealed class TextLogprobs
{
    private const int MaximumKept = 64 * 1024; // Bytes.

    private readonly ByteBuffer _kept = new(256);
    private readonly ByteBuffer _joined = new(256);

    /// <summary>Returns the logprobs of a chunk's text: the elements of an array, as JSON.</summary>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> chunk, in ChoiceLayout choice)
    {
        var own = Find(chunk, choice, out _);
        if (_kept.Length == 0)
        {
            return own;
        }

        _joined.Clear();
        _joined.Append(_kept.Span);
        _joined.Append(own.IsEmpty ? default : ","u8);
        _joined.Append(own);
        _kept.Clear();
        return _joined.Span;
    }

    /// <summary>Keeps the logprobs of a chunk without a text for the next text, if their tokens are white space.</summary>
    public void Keep(ReadOnlySpan<byte> chunk, in ChoiceLayout choice)
    {
        var own = Find(chunk, choice, out var isBlank);
        if (choice.HasReasoning || (!own.IsEmpty && !(isBlank && HasEmptyText(choice))))
        {
            _kept.Clear();
        }
        else if (!own.IsEmpty && _kept.Length < MaximumKept)
        {
            _kept.Append(_kept.Length > 0 ? ","u8 : default);
            _kept.Append(own);
        }
    }

    private static bool HasEmptyText(in ChoiceLayout choice) => choice.Content.Type == JsonTokenType.String
        && choice.ReasoningContent.Type != JsonTokenType.String && choice.Reasoning.Type != JsonTokenType.String;

    // The elements of the array content.
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> chunk, in ChoiceLayout choice, out bool isBlank)
    {
        isBlank = true;
        if (!choice.HasLogprobs)
        {
            return default;
        }

        var logprobs = choice.Logprobs.Value(chunk);
        var reader = new Utf8JsonReader(logprobs);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isContent && reader.TokenType == JsonTokenType.StartArray)
            {
                var start = (int)reader.BytesConsumed;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    isBlank &= IsBlank(ref reader);
                }

                return logprobs[start..(int)reader.TokenStartIndex];
            }

            reader.Skip();
        }

        return default;
    }

    private static bool IsBlank(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var isBlank = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isToken = reader.ValueTextEquals("token"u8);
            reader.Read();
            isBlank |= isToken && reader.TokenType == JsonTokenType.String && JsonWhiteSpace.IsBlank(reader.ValueSpan);
            reader.Skip();
        }

        return isBlank;
    }
}
