using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// Writes a message as events. Each event names its type twice, in its <c>event</c> line and in its data: clients dispatch by either.
/// Source: https://docs.claude.com/en/docs/build-with-claude/streaming
/// </summary>
internal sealed class MessageEvents(MessageHead head, ByteBuffer output) : IBlockOutput
{
    private readonly ByteBuffer _delta = new(128); // The start of each delta event of the open block.
    private BlockKind _kind;
    private int _index = -1;

    public static ReadOnlySpan<byte> Ping => "event: ping\ndata: {\"type\":\"ping\"}\n\n"u8;

    private static ReadOnlySpan<byte> DeltaStart => "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8;

    public void Begin(in ReplyUsage usage)
    {
        output.Append("event: message_start\ndata: {\"type\":\"message_start\",\"message\":"u8);
        head.WriteStart(output);
        MessageHead.WriteBegunEnd(output, usage);
        output.Append("}\n\n"u8);
    }

    public void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        _kind = kind;
        _index++;
        output.Append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        output.AppendNumber(_index);
        output.Append(",\"content_block\":"u8);
        switch (kind)
        {
            case BlockKind.Thinking:
                output.Append("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"u8);
                break;
            case BlockKind.ToolCall:
                head.WriteCallStart(output, id, name);
                output.Append("\",\"input\":{},\"caller\":{\"type\":\"direct\"}}"u8);
                break;
            default:
                output.Append("{\"type\":\"text\",\"text\":\"\",\"citations\":null}"u8);
                break;
        }

        output.Append("}\n\n"u8);
        _delta.Clear();
        _delta.Append(DeltaStart);
        _delta.AppendNumber(_index);
        _delta.Append(kind switch
        {
            BlockKind.Thinking => ",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\""u8,
            BlockKind.ToolCall => ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8,
            _ => ",\"delta\":{\"type\":\"text_delta\",\"text\":\""u8,
        });
    }

    public void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        if (_kind == BlockKind.Thinking && head.Thinking.TryOmit(escaped))
        {
            return;
        }

        output.Append(_delta.Span);
        output.Append(escaped);
        output.Append("\"}}\n\n"u8);
    }

    public void Stop(bool isComplete)
    {
        if (_kind == BlockKind.Thinking)
        {
            output.Append(DeltaStart);
            output.AppendNumber(_index);
            output.Append(",\"delta\":{\"type\":\"signature_delta\",\"signature\":\""u8);
            head.Thinking.WriteSignature(output);
            output.Append("\"}}\n\n"u8);
        }

        output.Append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        output.AppendNumber(_index);
        output.Append("}\n\n"u8);
    }

    /// <summary>Writes the last two events of a complete message.</summary>
    public void End(MessageState state)
    {
        output.Append("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{"u8);
        MessageHead.WriteStop(output, state);
        output.Append("},\"usage\":"u8);
        MessageUsage.WriteDelta(state.Usage, output);
        output.Append("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }
}
