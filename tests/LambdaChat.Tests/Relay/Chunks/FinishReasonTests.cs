using System.Text;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class FinishReasonTests
{
    [Theory]
    [InlineData("null", "None", "null")]
    [InlineData("\"\"", "None", "null")]
    [InlineData("\"null\"", "None", "null")]
    [InlineData("false", "None", "null")]
    [InlineData("[]", "None", "null")]
    [InlineData("\"stop\"", "Stop", "\"stop\"")]
    [InlineData("\"length\"", "Length", "\"length\"")]
    [InlineData("\"tool_calls\"", "ToolCalls", "\"tool_calls\"")]
    [InlineData("\"content_filter\"", "ContentFilter", "\"content_filter\"")]
    [InlineData("\"function_call\"", "FunctionCall", "\"function_call\"")]
    [InlineData("\"eos_token\"", "Stop", "\"stop\"")]
    [InlineData("\"stop_sequence\"", "Stop", "\"stop\"")]
    [InlineData("\"end_turn\"", "Stop", "\"stop\"")]
    [InlineData("\"repetition\"", "Stop", "\"stop\"")]
    [InlineData("\"a reason that no server has ever given before\"", "Stop", "\"stop\"")]
    [InlineData("\"\u00fc\"", "Stop", "\"stop\"")]
    [InlineData("\"STOP\"", "Stop", "\"stop\"")]
    [InlineData("\"max_tokens\"", "Length", "\"length\"")]
    [InlineData("\"MAX_TOKENS\"", "Length", "\"length\"")]
    [InlineData("\"tool_use\"", "ToolCalls", "\"tool_calls\"")]
    [InlineData("\"abort\"", "Failed", "null")]
    [InlineData("\"aborted\"", "Failed", "null")]
    [InlineData("\"error\"", "Failed", "null")]
    [InlineData("\"error: the engine has run out of memory\"", "Failed", "null")]
    [InlineData("\"cancelled\"", "Failed", "null")]
    [InlineData("""{"type":"stop","matched":151645}""", "Stop", "\"stop\"")]
    [InlineData("""{"matched":[{"type":"x"}],"type":"length"}""", "Length", "\"length\"")]
    [InlineData("""{"type":"abort","message":"Abort before prefill"}""", "Failed", "null")]
    [InlineData("{}", "Stop", "\"stop\"")]
    public void Read_AnyServersReason_IsOneOfOpenAIs(string value, string expected, string json)
    {
        var record = Encoding.UTF8.GetBytes($$"""{"choices":[{"delta":{},"finish_reason":{{value}}}]}""");
        var chunk = Chunk.Read(record, new ChunkLayout());

        var reason = FinishReasons.Read(record, chunk.Layout.Choice(0).FinishReason);

        Assert.Equal((expected, json), (reason.ToString(), Encoding.UTF8.GetString(FinishReasons.Json(reason))));
    }
}
