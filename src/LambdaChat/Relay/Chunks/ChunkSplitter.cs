using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>Makes several records of one, each of a kind that a client understands by itself.</summary>
internal static class ChunkSplitter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One record for each choice.</summary>
    public static List<byte[]> ByChoice(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        var records = new List<byte[]>();
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref layout.Choice(i);
            var index = choice.IndexMember.Exists ? "" : $"\"index\":{choice.Index}{(choice.MemberCount > 0 ? "," : "")}";
            records.Add([
                .. record[..layout.Choices.ValueStart], .. "[{"u8, .. System.Text.Encoding.UTF8.GetBytes(index),
                .. record[(choice.Start + 1)..choice.End], .. "]"u8, .. record[layout.Choices.ValueEnd..],
            ]);
        }

        return records;
    }

    /// <summary>The thinking of a record with one choice, then everything else of it.</summary>
    public static List<byte[]> ByKind(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        ref readonly var choice = ref layout.Choice(0);
        var reasoning = choice.ReasoningContent.HasText ? choice.ReasoningContent : choice.Reasoning;
        var rest = new ArrayBufferWriter<byte>(record.Length);
        rest.Write(record[..choice.Delta.ValueStart]);
        var separator = "{"u8;
        foreach (ref readonly var member in layout.DeltaMembers(choice))
        {
            if (member.NameStart != choice.Reasoning.NameStart && member.NameStart != choice.ReasoningContent.NameStart)
            {
                rest.Write(separator);
                rest.Write(record[member.NameStart..member.ValueEnd]);
                separator = ","u8;
            }
        }

        rest.Write("}"u8);
        rest.Write(record[choice.Delta.ValueEnd..]);
        return
        [
            [.. Head(choice.Index), .. "\"reasoning_content\":"u8, .. reasoning.Value(record), .. "}}]}"u8],
            rest.WrittenSpan.ToArray(),
        ];
    }

    /// <summary>A record that holds thinking only. <paramref name="text"/> is UTF-8 and not escaped.</summary>
    public static byte[] OfReasoning(int index, ReadOnlySpan<byte> text) => [.. Head(index), .. "\"reasoning_content\":"u8, .. Escape(text), .. "}}]}"u8];

    /// <summary>A record of one choice with other content; null where that is empty and nothing else is in it.</summary>
    public static byte[]? WithContent(ReadOnlySpan<byte> record, ChunkLayout layout, ReadOnlySpan<byte> text)
    {
        ref readonly var choice = ref layout.Choice(0);
        var content = choice.Content;
        return text.IsEmpty && !choice.IsFinished && !choice.HasToolCalls && layout.Usage.Type != JsonTokenType.StartObject
            ? null
            : [.. record[..content.ValueStart], .. Escape(text), .. record[content.ValueEnd..]];
    }

    private static byte[] Head(int index) => System.Text.Encoding.UTF8.GetBytes($$"""{"choices":[{"index":{{index}},"delta":{""");

    private static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text)
    {
        var json = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStringValue(text);
        }

        return json.WrittenSpan;
    }
}
