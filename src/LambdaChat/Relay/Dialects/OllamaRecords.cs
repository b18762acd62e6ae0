using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Ollama's own API: each line has a part of the <c>message</c>, or of the <c>response</c> and the <c>thinking</c>, and <c>done</c>. The
/// last line has the reason of the end and the numbers of tokens.
/// Source: https://github.com/ollama/ollama/blob/main/docs/api.md
/// </summary>
internal sealed class OllamaRecords : IDialect
{
    public bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        var layout = record.Layout;
        if (layout.Choices.Exists || !layout.HasOthers || !TryRead(record.Json, out var line))
        {
            return false;
        }

        output.Bytes.Append("{\"choices\":[{\"index\":0,\"delta\":"u8);
        WriteDelta(line, output.Bytes);
        output.Bytes.Append(",\"finish_reason\":"u8);
        output.Bytes.Append(!line.IsDone ? "null"u8 : line.Reason.Length > 2 ? line.Reason : "\"stop\""u8);
        output.Bytes.Append("}]"u8);
        if (line.IsDone && (line.Prompt | line.Completion) > 0)
        {
            WriteUsage(line, output.Bytes);
        }

        output.Bytes.Append("}"u8);
        output.End();
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> json, out Line line)
    {
        line = default;
        var hasDone = false;
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("message"u8) && members.Type == JsonTokenType.StartObject)
            {
                line.Message = members.Value;
            }
            else if (members.Name.SequenceEqual("response"u8) && members.Type == JsonTokenType.String)
            {
                line.Response = members.Value;
            }
            else if (members.Name.SequenceEqual("thinking"u8) && members.Type == JsonTokenType.String)
            {
                line.Thinking = members.Value;
            }
            else if (members.Name.SequenceEqual("done"u8) && members.Type is JsonTokenType.True or JsonTokenType.False)
            {
                (hasDone, line.IsDone) = (true, members.Type == JsonTokenType.True);
            }
            else if (members.Name.SequenceEqual("done_reason"u8) && members.Type == JsonTokenType.String)
            {
                line.Reason = members.Value;
            }
            else if (members.Name.SequenceEqual("prompt_eval_count"u8))
            {
                line.Prompt = ReadCount(members.Value);
            }
            else if (members.Name.SequenceEqual("eval_count"u8))
            {
                line.Completion = ReadCount(members.Value);
            }
        }

        return hasDone && !(line.Message.IsEmpty && line.Response.IsEmpty);
    }

    private static int ReadCount(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count > 0 ? count : 0;
    }

    private static void WriteDelta(in Line line, ByteBuffer output)
    {
        if (!line.Message.IsEmpty)
        {
            output.Append(line.Message);
            return;
        }

        output.Append("{\"content\":"u8);
        output.Append(line.Response);
        output.Append(line.Thinking.IsEmpty ? default : ",\"thinking\":"u8);
        output.Append(line.Thinking);
        output.Append("}"u8);
    }

    private static void WriteUsage(in Line line, ByteBuffer output)
    {
        output.Append(",\"usage\":{\"prompt_tokens\":"u8);
        output.AppendNumber(line.Prompt);
        output.Append(",\"completion_tokens\":"u8);
        output.AppendNumber(line.Completion);
        output.Append(",\"total_tokens\":"u8);
        output.AppendNumber((int)Math.Min((long)line.Prompt + line.Completion, int.MaxValue));
        output.Append("}"u8);
    }

    // The parts of a line as JSON.
    private ref struct Line
    {
        public ReadOnlySpan<byte> Message;
        public ReadOnlySpan<byte> Response;
        public ReadOnlySpan<byte> Thinking;
        public ReadOnlySpan<byte> Reason;
        public bool IsDone;
        public int Prompt;
        public int Completion;
    }
}
