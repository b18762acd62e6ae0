using System.Buffers;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies.Aggregation;

/// <summary>
/// Joins the chunks of a reply to one completion of at most <see cref="MaximumLength"/> bytes. Texts are joined in their escaped form.
/// Source: https://platform.openai.com/docs/api-reference/chat/object
/// </summary>
/// <param name="isChat">False for a text completion.</param>
internal sealed class CompletionBuilder(int maximumLength = CompletionBuilder.MaximumLength, bool isChat = true) : IChunkOutput
{
    /// <summary>The cap in bytes. At 100 tokens per second a model needs half a day for it. Only a faulty container exceeds it.</summary>
    public const int MaximumLength = 16 * 1024 * 1024;

    private readonly ChunkLayout _layout = new();
    private readonly SortedDictionary<int, IChoiceBuilder> _choices = [];
    private readonly JoinedMembers _others = new(joinsTexts: false);
    private byte[]? _id;
    private byte[]? _created;
    private byte[]? _model;
    private byte[]? _usage;

    /// <summary>The bytes of the reply so far, with the objects that keep them.</summary>
    public int Length { get; private set; }

    /// <summary>True if the reply is longer than the cap.</summary>
    public bool IsTooLong => Length > maximumLength;

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        _layout.Read(chunk);
        _id ??= _layout.Id.Value(chunk).ToArray();
        _created ??= _layout.Created.Value(chunk).ToArray();
        _model ??= _layout.Model.Value(chunk).ToArray();
        if (_layout.Usage.Type == JsonTokenType.StartObject)
        {
            _usage = _layout.Usage.Value(chunk).ToArray();
        }

        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref _layout.Choice(i);
            if (!_choices.TryGetValue(choice.Index, out var builder))
            {
                builder = isChat ? new ChoiceBuilder(choice.Index) : new TextChoiceBuilder(choice.Index);
                _choices[choice.Index] = builder;
            }

            Length += builder.Add(chunk, _layout, choice);
        }

        AddOthers(chunk);
        return !IsTooLong;
    }

    /// <summary>Writes the completion.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, JsonText.WriterOptions);
        writer.WriteStartObject();
        WriteRaw(writer, "id"u8, _id);
        writer.WriteString("object"u8, isChat ? "chat.completion"u8 : "text_completion"u8);
        WriteRaw(writer, "created"u8, _created);
        WriteRaw(writer, "model"u8, _model);
        writer.WriteStartArray("choices"u8);
        foreach (var choice in _choices.Values)
        {
            choice.WriteTo(writer);
        }

        writer.WriteEndArray();
        WriteRaw(writer, "usage"u8, _usage);
        _others.WriteTo(writer);
        writer.WriteEndObject();
    }

    private void AddOthers(ReadOnlySpan<byte> chunk)
    {
        var reader = new Utf8JsonReader(chunk);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("object"u8) || reader.ValueTextEquals("created"u8) ||
                reader.ValueTextEquals("model"u8) || reader.ValueTextEquals("choices"u8) || reader.ValueTextEquals("usage"u8))
            {
                reader.Skip();
            }
            else
            {
                Length += _others.Take(ref reader, chunk);
            }
        }
    }

    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte[]? value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value ?? "null"u8, skipInputValidation: true);
    }
}
