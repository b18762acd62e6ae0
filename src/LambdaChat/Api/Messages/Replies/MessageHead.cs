using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>The members around the content of a message. Anthropic's schema requires all; those that do not apply are null.</summary>
/// <param name="id">The message's id.</param>
/// <param name="model">The model's name in the request.</param>
/// <param name="calls">The ids of the tool calls so far.</param>
internal sealed class MessageHead(string id, string model, ToolCallIds calls)
{
    /// <summary>True for a message without content.</summary>
    public bool IsWarmUp { get; init; }

    public MessageThinking Thinking { get; init; } = new(isOmitted: false);

    /// <summary>Writes everything before the elements of the content.</summary>
    public void WriteStart(ByteBuffer output)
    {
        output.Append("{\"id\":"u8);
        output.Append(JsonText.Quote(id));
        output.Append(",\"type\":\"message\",\"role\":\"assistant\",\"model\":"u8);
        output.Append(JsonText.Quote(model));
        output.Append(",\"content\":["u8);
    }

    /// <summary>Writes the beginning of a block that is a tool call, up to its name.</summary>
    public void WriteCallStart(ByteBuffer output, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> name)
    {
        output.Append("{\"type\":\"tool_use\",\"id\":"u8);
        output.Append(calls.MakeUnique(callId));
        output.Append(",\"name\":\""u8);
        output.Append(name);
    }

    /// <summary>Writes everything after the elements of the content of a message that has just begun.</summary>
    public static void WriteBegunEnd(ByteBuffer output, in ReplyUsage usage)
    {
        output.Append("],\"stop_reason\":null,\"stop_sequence\":null,\"stop_details\":null,\"container\":null,\"usage\":"u8);
        MessageUsage.Write(usage, output);
        output.Append("}"u8);
    }

    /// <summary>Writes everything after the elements of the content of a message that is complete.</summary>
    public static void WriteEnd(ByteBuffer output, MessageState state)
    {
        output.Append("],"u8);
        WriteStop(output, state);
        output.Append(",\"usage\":"u8);
        MessageUsage.Write(state.Usage, output);
        output.Append("}"u8);
    }

    /// <summary>Writes the members that say why a message stopped.</summary>
    public static void WriteStop(ByteBuffer output, MessageState state)
    {
        output.Append("\"stop_reason\":\""u8);
        output.Append(state.StopReason);
        output.Append("\",\"stop_sequence\":"u8);
        output.Append(
            state.StopReason.SequenceEqual("stop_sequence"u8) ? JsonText.Quote(state.StopSequence!) : "null"u8);
        output.Append(",\"stop_details\":null,\"container\":null"u8);
    }
}
