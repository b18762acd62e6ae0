using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// The usage of a message. Anthropic counts cached tokens separately from the other input tokens. Model servers include them in the prompt
/// tokens. A number that the model server did not report is 0. Source: https://docs.claude.com/en/api/messages
/// </summary>
internal static class MessageUsage
{
    /// <summary>Writes the object of a message.</summary>
    public static void Write(in ReplyUsage usage, ByteBuffer output)
    {
        WriteTokens(usage, output);
        output.Append(",\"cache_creation\":null,\"inference_geo\":null,\"service_tier\":null}"u8);
    }

    /// <summary>Writes the object of the event <c>message_delta</c>, which has fewer members.</summary>
    public static void WriteDelta(in ReplyUsage usage, ByteBuffer output)
    {
        WriteTokens(usage, output);
        output.Append("}"u8);
    }

    private static void WriteTokens(in ReplyUsage usage, ByteBuffer output)
    {
        output.Append("{\"input_tokens\":"u8);
        output.AppendNumber(usage.Input - (usage.Cached ?? 0));
        output.Append(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":"u8);
        output.AppendNumber(usage.Cached ?? 0);
        output.Append(",\"output_tokens\":"u8);
        output.AppendNumber(usage.Output);
        output.Append(",\"output_tokens_details\":"u8);
        if (usage.Reasoning is { } thinking)
        {
            output.Append("{\"thinking_tokens\":"u8);
            output.AppendNumber(thinking);
            output.Append("}"u8);
        }
        else
        {
            output.Append("null"u8);
        }

        output.Append(",\"server_tool_use\":null"u8);
    }
}
