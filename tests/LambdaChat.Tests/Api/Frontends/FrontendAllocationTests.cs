using System.Text;
using LambdaChat.Api.AgUi.Replies;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.UiMessages.Replies;
using LambdaChat.Streaming;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>The events of both protocols allocate nothing in steady state. Counted, not timed.</summary>
public sealed class FrontendAllocationTests
{
    private const int Events = 1000;

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning_content":" token"},"finish_reason":null}],"usage":{"prompt_tokens":10,"completion_tokens":3}}""")]
    public void Event_InSteadyState_AllocatesNothing(string chunk)
    {
        var json = Encoding.UTF8.GetBytes(chunk);
        var buffer = new ByteBuffer(4096);
        IBlockEvents[] protocols =
        [
            new UiMessageEvents("msg_1", "r1", new ToolCallIds(), buffer),
            new AgUiEvents("\"t\""u8.ToArray(), "\"r\""u8.ToArray(), "msg_1", "r1", new ToolCallIds(), buffer),
        ];
        foreach (var events in protocols)
        {
            var reply = new ReplyBlocks(events);
            reply.Add(json);
            reply.Add(json);
            AllocatedMemory.AssertNone(() =>
            {
                for (var i = 0; i < Events; i++)
                {
                    buffer.Clear();
                    reply.Add(json);
                }
            });
            Assert.NotEqual(0, buffer.Length);
        }
    }
}
