using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>Puts one choice of a completion together from the chunks of a reply.</summary>
internal interface IChoiceBuilder
{
    /// <summary>Takes a choice of a chunk; returns the bytes kept.</summary>
    int Add(ReadOnlySpan<byte> chunk, ChunkLayout layout, in ChoiceLayout choice);

    void WriteTo(Utf8JsonWriter writer);
}
