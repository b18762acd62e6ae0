using System.Buffers;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Writes one chunk as several. The first has what is around the choices, and the last one has the usage.
/// </summary>
internal static class ChunkSplitter
{
    /// <summary>Writes a chunk with one of the choices.</summary>
    /// <param name="i">The position of the choice in the array.</param>
    public static void WriteChoice(in Chunk chunk, int i, ByteBuffer output)
    {
        var json = chunk.Json;
        var layout = chunk.Layout;
        ref readonly var choice = ref layout.Choice(i);
        output.Clear();
        var usage = layout.HasUsage ? layout.Usage : default;
        if (i == 0)
        {
            WriteAround(json, 0, layout.Choices.ValueStart, usage, output);
        }
        else
        {
            output.Append("{\"choices\":"u8);
        }

        output.Append("[{"u8);
        if (!choice.IndexMember.Exists)
        {
            output.Append("\"index\":"u8);
            output.AppendNumber(choice.Index);
            output.Append(choice.MemberCount > 0 ? ","u8 : default);
        }

        output.Append(json[(choice.Start + 1)..choice.End]);
        output.Append("]"u8);
        if (i == 0)
        {
            WriteAround(json, layout.Choices.ValueEnd, json.Length, usage, output);
            return;
        }

        Copy(json, i == layout.ChoiceCount - 1 ? usage : default, output);
        output.Append("}"u8);
    }

    /// <summary>Writes the thinking of a chunk with one choice, with its logprobs.</summary>
    public static void WriteReasoning(in Chunk chunk, in LogprobsSplit logprobs, ByteBuffer output)
    {
        ref readonly var choice = ref chunk.Layout.Choice(0);
        BeginReasoning(choice, output);
        output.Append(choice.Thinking.Value(chunk.Json));
        EndReasoning(chunk, logprobs, output);
    }

    /// <summary>Writes the beginning of the thinking of a chunk with one choice.</summary>
    /// <param name="text">Escaped as in JSON.</param>
    public static void WriteEscapedReasoning(in Chunk chunk, ReadOnlySpan<byte> text, ByteBuffer output)
    {
        BeginReasoning(chunk.Layout.Choice(0), output);
        output.Append("\""u8);
        output.Append(text);
        output.Append("\"}}]}"u8);
    }

    /// <summary>Writes a chunk without the beginning of one of its texts.</summary>
    public static void WriteRest(in Chunk chunk, in JsonMember text, int start, ByteBuffer output)
    {
        output.Clear();
        output.Append(chunk.Json[..(text.ValueStart + 1)]);
        output.Append(chunk.Json[(text.ValueStart + 1 + start)..]);
    }

    /// <summary>Writes a chunk with one choice, without its thinking and the logprobs of the thinking.</summary>
    public static void WriteWithoutReasoning(in Chunk chunk, in LogprobsSplit logprobs, ByteBuffer output)
    {
        var json = chunk.Json;
        ref readonly var choice = ref chunk.Layout.Choice(0);
        var isAfter = logprobs.Start > choice.Delta.ValueStart;
        output.Clear();
        WriteWithout(json[..choice.Delta.ValueStart], isAfter ? default : logprobs, 0, output);
        var separator = "{"u8;
        foreach (ref readonly var member in chunk.Layout.DeltaMembers(choice))
        {
            if (!ThinkingNames.IsText(member.Name(json)))
            {
                output.Append(separator);
                output.Append(json[member.NameStart..member.ValueEnd]);
                separator = ","u8;
            }
        }

        output.Append("}"u8);
        WriteWithout(json[choice.Delta.ValueEnd..], isAfter ? logprobs : default, choice.Delta.ValueEnd, output);
    }

    /// <summary>Writes a chunk of one choice with a replaced text. The tool calls, the end and the usage are kept.</summary>
    /// <param name="name">The member of the delta; empty for the text of a text completion.</param>
    /// <param name="text">Escaped as in JSON.</param>
    public static void WriteEscapedText(
        in Chunk chunk, in ChoiceLayout choice, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ByteBuffer output)
    {
        output.Clear();
        output.Append("{\"choices\":[{\"index\":0,"u8);
        output.Append(name.IsEmpty ? "\"text"u8 : "\"delta\":{\""u8);
        output.Append(name);
        output.Append("\":\""u8);
        output.Append(text);
        output.Append("\""u8);
        Copy(chunk.Json, choice.HasToolCalls ? choice.ToolCalls : default, output);
        Copy(chunk.Json, !choice.HasRefusalOrLegacyCall ? default : choice.Refusal.HasText ? choice.Refusal : choice.FunctionCall, output);
        output.Append(name.IsEmpty ? default : "}"u8);
        Copy(chunk.Json, choice.FinishReason, output);
        Copy(chunk.Json, choice.Error, output);
        output.Append("}]"u8);
        Copy(chunk.Json, chunk.Layout.Usage, output);
        output.Append("}"u8);
    }

    /// <summary>Writes a chunk that holds a thinking text only, with its logprobs.</summary>
    /// <param name="text">UTF-8, not escaped.</param>
    public static void WriteUnescapedReasoning(in Chunk chunk, ReadOnlySpan<byte> text, in LogprobsSplit logprobs, ByteBuffer output)
    {
        BeginReasoning(chunk.Layout.Choice(0), output);
        output.Append(Escape(text));
        EndReasoning(chunk, logprobs, output);
    }

    /// <summary>Writes a chunk of one choice with another content, without the logprobs of the part before it.</summary>
    /// <param name="text">UTF-8, not escaped.</param>
    public static void WriteUnescapedContent(in Chunk chunk, ReadOnlySpan<byte> text, in LogprobsSplit logprobs, ByteBuffer output)
    {
        var json = chunk.Json;
        ref readonly var content = ref chunk.Layout.Choice(0).Content;
        var isAfter = logprobs.Start > content.ValueStart;
        output.Clear();
        WriteWithout(json[..content.ValueStart], isAfter ? default : logprobs, 0, output);
        output.Append(Escape(text));
        WriteWithout(json[content.ValueEnd..], isAfter ? logprobs : default, content.ValueEnd, output);
    }

    // Writes a part of a chunk without the usage, if it is in this part.
    private static void WriteAround(ReadOnlySpan<byte> json, int start, int end, in JsonMember usage, ByteBuffer output)
    {
        if (usage.Exists && usage.NameStart >= start && usage.NameStart < end)
        {
            var (from, to) = usage.WithComma(json);
            output.Append(json[start..from]);
            start = to;
        }

        output.Append(json[start..end]);
    }

    // Writes a member behind another one.
    private static void Copy(ReadOnlySpan<byte> json, in JsonMember member, ByteBuffer output)
    {
        if (member.Exists)
        {
            output.Append(","u8);
            output.Append(json[member.NameStart..member.ValueEnd]);
        }
    }

    private static void WriteWithout(ReadOnlySpan<byte> json, in LogprobsSplit logprobs, int offset, ByteBuffer output)
    {
        if (logprobs.IsDivided)
        {
            output.Append(json[..(logprobs.Start - offset)]);
            json = json[(logprobs.SecondStart - offset)..];
        }

        output.Append(json);
    }

    private static void BeginReasoning(in ChoiceLayout choice, ByteBuffer output)
    {
        output.Clear();
        output.Append("{\"choices\":[{\"index\":"u8);
        output.AppendNumber(Math.Max(choice.Index, 0));
        output.Append(",\"delta\":{\"reasoning_content\":"u8);
    }

    private static void EndReasoning(in Chunk chunk, in LogprobsSplit logprobs, ByteBuffer output)
    {
        output.Append("}"u8);
        if (logprobs.IsDivided)
        {
            output.Append(",\"logprobs\":{\"content\":["u8);
            output.Append(chunk.Json[logprobs.Start..logprobs.FirstEnd]);
            output.Append("]}"u8);
        }

        output.Append("}]}"u8);
    }

    private static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text)
    {
        var json = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var writer = new Utf8JsonWriter(json, JsonText.WriterOptions))
        {
            writer.WriteStringValue(text);
        }

        return json.WrittenSpan;
    }
}
