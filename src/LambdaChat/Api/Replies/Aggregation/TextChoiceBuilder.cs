using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>One choice of a text completion. Source: https://platform.openai.com/docs/api-reference/completions/object</summary>
internal sealed class TextChoiceBuilder(int index) : IChoiceBuilder
{
    private readonly JsonTextBuilder _text = new();
    private readonly ChoiceMembers _members = new();

    public int Add(ReadOnlySpan<byte> chunk, ChunkLayout layout, in ChoiceLayout choice) =>
        (choice.Text.HasText ? _text.Add(choice.Text.Text(chunk)) : 0) + _members.Add(chunk[choice.Start..choice.End], "text"u8);

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WritePropertyName("text"u8);
        _text.WriteTo(writer);
        _members.WriteTo(writer);
        writer.WriteEndObject();
    }
}
