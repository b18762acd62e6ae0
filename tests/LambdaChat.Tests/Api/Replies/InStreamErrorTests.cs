using System.Buffers;
using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Http;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Api.Replies;

public sealed class InStreamErrorTests
{
    private static readonly ApiError Error = ApiError.Server(502, "upstream_failure", "It \"broke\"\n你.");

    [Fact]
    public void Write_Chat_IsAnEventThreeChunksAndDone() =>
        Assert.Equal(
            """
            data: {"error":{"message":"It \"broke\"\n你.","type":"server_error","param":null,"code":"upstream_failure"}}

            data: {"id":"chatcmpl-\"1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[{"index":0,"delta":{"content":"\n\n[Error: It \"broke\"\n你.]"},"finish_reason":null}]}

            data: {"id":"chatcmpl-\"1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[{"index":0,"delta":{},"finish_reason":"error: It \"broke\"\n你."}]}

            data: {"id":"chatcmpl-\"1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[{"index":0,"delta":{},"finish_reason":"error"}]}


            """,
            Write(OutputFormat.ChatChunk));

    [Fact]
    public void Write_TextCompletion_HasTextsForDeltas() =>
        Assert.Equal(
            """
            data: {"error":{"message":"It \"broke\"\n你.","type":"server_error","param":null,"code":"upstream_failure"}}

            data: {"id":"chatcmpl-\"1","object":"text_completion","created":7,"model":"r1","choices":[{"index":0,"text":"\n\n[Error: It \"broke\"\n你.]","finish_reason":null}]}

            data: {"id":"chatcmpl-\"1","object":"text_completion","created":7,"model":"r1","choices":[{"index":0,"text":"","finish_reason":"error: It \"broke\"\n你."}]}

            data: {"id":"chatcmpl-\"1","object":"text_completion","created":7,"model":"r1","choices":[{"index":0,"text":"","finish_reason":"error"}]}


            """,
            Write(OutputFormat.TextCompletion));

    private static string Write(string kind)
    {
        var output = new ArrayBufferWriter<byte>();
        InStreamError.Write(new SseEvents(output), Error, new OutputFormat("r1", kind, "own", 7), "\"chatcmpl-\\\"1\""u8);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
