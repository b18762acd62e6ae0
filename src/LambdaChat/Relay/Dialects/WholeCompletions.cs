using System.Text;
using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// A chat completion that is not streamed, from a container that ignores <c>stream</c> or was called without it. It becomes the chunks that
/// a streaming server sends: each choice's message, then its finish reason, then the usage. The first chunk contains all other members.
/// Source: https://platform.openai.com/docs/api-reference/chat/object
/// </summary>
internal sealed class WholeCompletions : IDialect
{
    public bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        if (!IsCompletion(record, choices))
        {
            return false;
        }

        Convert(record, choices, output);
        return true;
    }

    // In a separate method, because its closures would otherwise be allocated for every record.
    private static void Convert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        using var document = JsonDocument.Parse(record.Json.ToArray());
        var root = document.RootElement;
        var position = 0;
        foreach (var choice in root.GetProperty("choices").EnumerateArray())
        {
            ref readonly var layout = ref record.Layout.Choice(position);
            var index = layout.Index;
            var isFirst = position++ == 0;
            if (RepeatedMessages.IsAnswer(layout, record, choices))
            {
                var hasThinking = RepeatedMessages.Take(layout, choices);
                output.Add(writer => WriteChunk(writer, root, index, isFirst, () => WriteMessage(writer, choice, hasThinking)));
                output.Add(writer => WriteChunk(writer, root, index, isFirst: false, () => WriteFinish(writer, choice)));
            }
            else
            {
                output.Add(writer => WriteChunk(writer, root, index, isFirst, () => WriteOther(writer, choice)));
            }
        }

        if (root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            output.Add(writer =>
            {
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                writer.WritePropertyName("usage"u8);
                usage.WriteTo(writer);
            });
        }
    }

    private static bool IsCompletion(in Chunk record, ChoiceTrackers choices)
    {
        var (answers, others) = (0, 0);
        for (var i = 0; i < record.Layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref record.Layout.Choice(i);
            answers += RepeatedMessages.IsAnswer(choice, record, choices) ? 1 : 0;
            others += choice.HasDelta || choice.Message.Type == JsonTokenType.StartObject ? 0 : 1;
        }

        return answers > 0 && others > 0 ? throw new JsonException() : answers > 0;
    }

    private static void WriteMessage(Utf8JsonWriter writer, JsonElement choice, bool hasThinking)
    {
        writer.WriteStartObject("delta"u8);
        foreach (var member in choice.GetProperty("message").EnumerateObject())
        {
            if (hasThinking && ThinkingNames.IsText(Encoding.UTF8.GetBytes(member.Name)))
            {
                continue; // It came in deltas.
            }

            if (member.NameEquals("tool_calls"u8) && member.Value.ValueKind == JsonValueKind.Array)
            {
                WriteToolCalls(writer, member.Value);
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        if (choice.TryGetProperty("logprobs", out var logprobs))
        {
            writer.WritePropertyName("logprobs"u8);
            logprobs.WriteTo(writer);
        }

        writer.WriteNull("finish_reason"u8);
    }

    // A choice without a message, or with one that repeats its answer.
    private static void WriteOther(Utf8JsonWriter writer, JsonElement choice)
    {
        foreach (var member in choice.EnumerateObject().Where(member => member.Name is not ("index" or "message")))
        {
            member.WriteTo(writer);
        }
    }

    // In a stream, each call names its index.
    private static void WriteToolCalls(Utf8JsonWriter writer, JsonElement calls)
    {
        writer.WriteStartArray("tool_calls"u8);
        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, index++);
            foreach (var member in call.EnumerateObject().Where(member => !member.NameEquals("index"u8)))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // A document that parses is complete, even without a finish reason.
    private static void WriteFinish(Utf8JsonWriter writer, JsonElement choice)
    {
        writer.WriteStartObject("delta"u8);
        writer.WriteEndObject();
        var hasFinish = false;
        foreach (var member in choice.EnumerateObject().Where(member => member.Name is not ("index" or "message" or "delta" or "logprobs")))
        {
            var isFinish = member.NameEquals("finish_reason"u8);
            if (!isFinish || IsReason(member.Value))
            {
                member.WriteTo(writer);
                hasFinish |= isFinish;
            }
        }

        if (!hasFinish)
        {
            writer.WriteString("finish_reason"u8, "stop"u8);
        }
    }

    // A document that parses is complete, also where its finish reason says nothing.
    private static bool IsReason(JsonElement value) => value.ValueKind is JsonValueKind.Object
        || (value.ValueKind is JsonValueKind.String
            && FinishReasons.OfName(Encoding.UTF8.GetBytes(value.GetString()!)) != FinishReason.None);

    private static void WriteChunk(Utf8JsonWriter writer, JsonElement root, int index, bool isFirst, Action writeChoice)
    {
        foreach (var member in root.EnumerateObject().Where(member => isFirst && member.Name is not ("object" or "choices" or "usage")))
        {
            member.WriteTo(writer);
        }

        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writeChoice();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
