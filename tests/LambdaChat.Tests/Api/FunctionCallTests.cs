using LambdaChat.Tests.Api.Frontends;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.Api.Responses;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api;

/// <summary>Calls in the older form, <c>function_call</c>: the APIs with blocks have them as calls.</summary>
public sealed class FunctionCallTests
{
    private const string End = """{"choices":[{"delta":{},"finish_reason":"function_call"}]}""";

    [Theory]
    [InlineData("""{"name":"f","arguments":""}""", """{"arguments":"{\"x\":"}""", """{"arguments":"1}"}""")]
    [InlineData("""{"name":"f","arguments":"{\"x\":"}""", """{"name":"f","arguments":"1}"}""")]
    [InlineData("""{"name":"f","arguments":"{\"x\":1}"}""")]
    public async Task Call_InPieces_IsACall(params string[] pieces)
    {
        var chunks = Normalized(
            [Thinking("t"), .. pieces.Select(piece => $$"""{"choices":[{"delta":{"function_call":{{piece}} } }]}"""), End]);
        var (response, _) = await ResponseReply.ReadAsync(chunks);
        var (message, _) = await MessageReply.ReadAsync(chunks);
        var (item, block) = (response["output"]![1]!, message["content"]![1]!);

        Assert.Equal(("call_0", "f", "{\"x\":1}"), ((string?)item["call_id"], (string?)item["name"], (string?)item["arguments"]));
        Assert.Equal(("call_0", "f", "{\"x\":1}"), ((string?)block["id"], (string?)block["name"], block["input"]!.ToJsonString()));
        Assert.Equal(("completed", "tool_use"), ((string?)response["status"], (string?)message["stop_reason"]));
        foreach (var path in FrontendReply.Paths)
        {
            Assert.Equal(["thinking:t", "call_0:f:{\"x\":1}"], (await FrontendReply.ReadAsync(path.Data, chunks)).Blocks);
        }
    }

    [Fact]
    public async Task Call_BesideToolCalls_IsOneCall()
    {
        var (message, _) = await MessageReply.ReadAsync(Normalized(
            """{"choices":[{"delta":{"function_call":{"name":"f","arguments":"{}"},"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{}"} }]} }]}""",
            End));

        Assert.Equal("c1", (string?)Assert.Single(message["content"]!.AsArray())!["id"]);
    }
}
