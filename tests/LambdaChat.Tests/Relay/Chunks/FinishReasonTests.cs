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
    [InlineData("\"FinishReason.ABORT\"", "Failed", "null")]
    [InlineData("\"engine_error\"", "Failed", "null")]
    [InlineData("\"internal_server_error\"", "Failed", "null")]
    [InlineData("\"timed_out\"", "Failed", "null")]
    [InlineData("\"engine_overloaded\"", "Failed", "null")]
    [InlineData("\"insufficient_system_resource\"", "Failed", "null")]
    [InlineData("\"user_canceled\"", "Failed", "null")]
    [InlineData("\"not_finished\"", "None", "null")]
    [InlineData("\"FinishReason.LENGTH\"", "Length", "\"length\"")]
    [InlineData("\"FINISH_REASON_MAX_TOKENS\"", "Length", "\"length\"")]
    [InlineData("\"content_filtered\"", "ContentFilter", "\"content_filter\"")]
    [InlineData("\"stop_words\"", "Stop", "\"stop\"")]
    [InlineData("\"end_id\"", "Stop", "\"stop\"")]
    [InlineData("""{"type":null}""", "None", "null")]
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

    [Theory]
    [InlineData("\"abort\"", "ModelAborted", null, null)]
    [InlineData("""{"type":"abort"}""", "ModelAborted", null, null)]
    [InlineData("""{"type":"abort","message":"Abort in waiting queue","status_code":503}""", "ContainerError", "Abort in waiting queue", 503)]
    public void FailureOf_AnAbort_HasTheServersMessage(string value, string kind, string? message, int? status)
    {
        var record = Encoding.UTF8.GetBytes($$"""{"choices":[{"delta":{},"finish_reason":{{value}}}]}""");

        var failure = FinishReasons.FailureOf(record, Chunk.Read(record, new ChunkLayout()).Layout.Choice(0).FinishReason);

        Assert.Equal((kind, message, status), (failure.Kind.ToString(), failure.Container?.Message, failure.Container?.Status));
    }
}
