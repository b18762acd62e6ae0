using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// The usage of a response. A number that the model server did not report is 0: clients that find null send the whole turn again.
/// Source: https://platform.openai.com/docs/api-reference/responses/object
/// </summary>
internal static class ResponseUsage
{
    /// <summary>Writes the object of a response.</summary>
    public static void Write(in ReplyUsage usage, ByteBuffer output)
    {
        output.Append("{\"input_tokens\":"u8);
        output.AppendNumber(usage.Input);
        output.Append(",\"input_tokens_details\":{\"cached_tokens\":"u8);
        output.AppendNumber(usage.Cached ?? 0);
        output.Append(",\"cache_write_tokens\":0},\"output_tokens\":"u8);
        output.AppendNumber(usage.Output);
        output.Append(",\"output_tokens_details\":{\"reasoning_tokens\":"u8);
        output.AppendNumber(usage.Reasoning ?? 0);
        output.Append("},\"total_tokens\":"u8);
        output.AppendNumber(usage.Input + usage.Output);
        output.Append("}"u8);
    }
}
