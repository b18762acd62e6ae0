using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// A chat completion that is not streamed, from a container that ignores <c>stream</c> or was called without it. It becomes the chunks that
/// a streaming server sends: each choice's message, then its finish reason, then the usage. The first chunk contains all other members.
/// The values are copied: a tree of a completion with log probabilities would take several times its length.
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

        for (var i = 0; i < record.Layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref record.Layout.Choice(i);
            if (RepeatedMessages.IsAnswer(choice, record, choices))
            {
                WriteMessage(record, i, RepeatedMessages.HasThinkingInDeltas(choice, choices), output.Bytes);
                RepeatedMessages.NoteMessage(choice, choices);
                output.End();
                WriteFinish(record, i, output.Bytes);
            }
            else
            {
                WriteOther(record, i, output.Bytes);
            }

            output.End();
        }

        if (record.Layout.Usage.Type == JsonTokenType.StartObject)
        {
            output.Bytes.Append("{\"choices\":[],\"usage\":"u8);
            output.Bytes.Append(record.Layout.Usage.Value(record.Json));
            output.Bytes.Append("}"u8);
            output.End();
        }

        return true;
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

    private static void WriteMessage(in Chunk record, int i, bool hasThinking, ByteBuffer output)
    {
        ref readonly var choice = ref record.Layout.Choice(i);
        BeginChunk(record, choice.Index, isFirst: i == 0, output);
        output.Append(",\"delta\":"u8);
        WriteDelta(choice.Message.Value(record.Json), hasThinking, output);
        var members = new JsonMembers(record.Json[choice.Start..choice.End]);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("logprobs"u8))
            {
                WriteMember(members, output);
            }
        }

        output.Append(",\"finish_reason\":null}]}"u8);
    }

    private static void WriteDelta(ReadOnlySpan<byte> message, bool hasThinking, ByteBuffer output)
    {
        var members = new JsonMembers(message);
        var separator = "{"u8;
        while (members.MoveNext())
        {
            if (hasThinking && ThinkingNames.IsText(members.Name))
            {
                continue; // It came in deltas.
            }

            output.Append(separator);
            separator = ","u8;
            if (members.Type == JsonTokenType.StartArray && members.Name.SequenceEqual("tool_calls"u8))
            {
                WriteToolCalls(members.Value, output);
            }
            else
            {
                output.Append(members.Raw);
            }
        }

        output.Append(separator is [(byte)'{'] ? "{}"u8 : "}"u8);
    }

    // A choice without a message, or with one that repeats its answer.
    private static void WriteOther(in Chunk record, int i, ByteBuffer output)
    {
        ref readonly var choice = ref record.Layout.Choice(i);
        BeginChunk(record, choice.Index, isFirst: i == 0, output);
        var members = new JsonMembers(record.Json[choice.Start..choice.End]);
        while (members.MoveNext())
        {
            if (!members.Name.SequenceEqual("index"u8) && !members.Name.SequenceEqual("message"u8))
            {
                WriteMember(members, output);
            }
        }

        output.Append("}]}"u8);
    }

    // In a stream, each call names its index.
    private static void WriteToolCalls(ReadOnlySpan<byte> calls, ByteBuffer output)
    {
        output.Append("\"tool_calls\":["u8);
        var reader = new Utf8JsonReader(calls);
        reader.Read();
        var index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue; // Some servers send it in place of a call.
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            output.Append(index == 0 ? "{\"index\":"u8 : ",{\"index\":"u8);
            output.AppendNumber(index++);
            var members = new JsonMembers(calls[start..(int)reader.BytesConsumed]);
            while (members.MoveNext())
            {
                if (!members.Name.SequenceEqual("index"u8))
                {
                    WriteMember(members, output);
                }
            }

            output.Append("}"u8);
        }

        output.Append("]"u8);
    }

    private static void WriteFinish(in Chunk record, int i, ByteBuffer output)
    {
        ref readonly var choice = ref record.Layout.Choice(i);
        BeginChunk(record, choice.Index, isFirst: false, output);
        output.Append(",\"delta\":{}"u8);
        var hasFinish = false;
        var members = new JsonMembers(record.Json[choice.Start..choice.End]);
        while (members.MoveNext())
        {
            var isFinish = members.Name.SequenceEqual("finish_reason"u8);
            var isOther = members.Name.SequenceEqual("index"u8) || members.Name.SequenceEqual("message"u8)
                || members.Name.SequenceEqual("delta"u8) || members.Name.SequenceEqual("logprobs"u8);
            if (isFinish ? IsReason(members) : !isOther)
            {
                WriteMember(members, output);
                hasFinish |= isFinish;
            }
        }

        // A document that parses is complete, even without a finish reason.
        output.Append(hasFinish || choice.HasError ? "}]}"u8 : ",\"finish_reason\":\"stop\"}]}"u8);
    }

    // A document that parses is complete, also where its finish reason says nothing.
    private static bool IsReason(in JsonMembers reason) => reason.Type == JsonTokenType.StartObject
        || (reason.Type == JsonTokenType.String && FinishReasons.OfName(reason.Value[1..^1]) != FinishReason.None);

    private static void WriteMember(in JsonMembers member, ByteBuffer output)
    {
        output.Append(","u8);
        output.Append(member.Raw);
    }

    // The first chunk has the members around the choices.
    private static void BeginChunk(in Chunk record, int index, bool isFirst, ByteBuffer output)
    {
        output.Append("{"u8);
        var members = new JsonMembers(record.Json);
        while (isFirst && members.MoveNext())
        {
            if (!members.Name.SequenceEqual("object"u8) && !members.Name.SequenceEqual("choices"u8)
                && !members.Name.SequenceEqual("usage"u8))
            {
                output.Append(members.Raw);
                output.Append(","u8);
            }
        }

        output.Append("\"choices\":[{\"index\":"u8);
        output.AppendNumber(index);
    }
}
