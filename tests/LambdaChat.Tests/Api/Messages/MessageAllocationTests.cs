using System.Text;
using LambdaChat.Api.Messages.Replies;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Streaming;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>The events of a message allocate nothing in steady state, whatever their block. Counted, not timed.</summary>
public sealed class MessageAllocationTests
{
    private const int Events = 1000;

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning_content":" token"},"finish_reason":null}],"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":1}}}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1,"}}]},"finish_reason":null}]}""")]
    public void Event_InSteadyState_AllocatesNothing(string chunk)
    {
        var buffer = new ByteBuffer(4096);
        var state = new MessageState(new MessageEvents(new MessageHead("msg_1", "r1", new ToolCallIds()), buffer), ["END"]);
        state.Add("""{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"["}}]}}]}"""u8);
        var json = Encoding.UTF8.GetBytes(chunk.Contains("tool_calls", StringComparison.Ordinal) ? chunk : Closed(chunk, state));
        state.Add(json);

        AllocatedMemory.AssertNone(() =>
        {
            for (var i = 0; i < Events; i++)
            {
                buffer.Clear();
                state.Add(json);
            }
        });
        Assert.NotEqual(0, buffer.Length);
    }

    // The call must be complete before another block can be open.
    private static string Closed(string chunk, MessageState state)
    {
        state.Add("""{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"]"}}]}}]}"""u8);
        return chunk;
    }
}
