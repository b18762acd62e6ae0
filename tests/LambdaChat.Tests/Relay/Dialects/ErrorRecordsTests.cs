using System.Text;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class ErrorRecordsTests
{
    [Theory]
    [InlineData("""{"error":{"message":"boom","code":429}}""", "boom")]
    [InlineData("""{"error":"boom"}""", "boom")]
    [InlineData("""{"error":"boom","error_type":"overloaded"}""", "boom")]
    [InlineData("""{"object":"error","message":"boom","code":400}""", "boom")]
    [InlineData("""{"detail":"boom"}""", "boom")]
    [InlineData("""{"errors":["boom"]}""", "boom")]
    [InlineData("""{"message":"boom","status":503}""", "boom")]
    [InlineData("""{"message":"boom","status":"error"}""", "boom")]
    [InlineData("""{"message":"boom","type":"InternalServerError"}""", "boom")]
    [InlineData("""{"message":"boom","type":"ModelException","code":null}""", "boom")]
    [InlineData("""{"message":"boom","code":"rate_limit_exceeded"}""", "boom")]
    [InlineData("""{"text":"boom","error_code":50001}""", "boom")]
    [InlineData("""{"errorCode":"E1","errorMessage":"boom"}""", "boom")]
    [InlineData("""{"type":"about:blank","title":"Error","status":500,"detail":"boom"}""", "boom")]
    [InlineData("""{"err":"boom"}""", "boom")]
    [InlineData("""{"exception":{"message":"boom"}}""", "boom")]
    [InlineData("""{"success":false,"message":"boom"}""", "boom")]
    [InlineData("""{"fault":{"faultstring":"boom"}}""", "boom")]
    [InlineData("""{"msg":"boom","code":500}""", "boom")]
    [InlineData("""{"title":"boom","status":"503"}""", "boom")]
    [InlineData("""{"traceback":"Traceback (most recent call last):\n  File \"x\"\nValueError: boom"}""", "ValueError: boom")]
    [InlineData("""{"error":{"description":"boom"}}""", "boom")]
    [InlineData("""{"status":"processing","progress":500,"success":true}""", null)]
    [InlineData("""{"error":""}""", "The model server failed without an error message.")]
    [InlineData("""{"error":"","text":"x"}""", null)]
    [InlineData("""{"error":{},"response":"x"}""", null)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"error":""}""", null)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"error":{}}""", null)]
    [InlineData("""{"choices":[],"error_code":0,"errors":[]}""", null)]
    [InlineData("""{"text":"x","error_code":0,"err":null}""", null)]
    [InlineData("""{"response":"x","errorCode":"0","error_msg":"success"}""", null)]
    [InlineData("""{"embeddings":[[0.1]],"error_code":"0","error_message":"OK"}""", null)]
    [InlineData("""{"generated_text":"x","err":"boom"}""", null)]
    [InlineData("""{"message":"ping"}""", null)]
    [InlineData("""{"message":"Internal Server Error"}""", "Internal Server Error")]
    [InlineData("""{"Message":"Service Unavailable"}""", "Service Unavailable")]
    [InlineData("""{"message":"Internal Server Error","x":1}""", null)]
    [InlineData("""{"message":["error"]}""", null)]
    [InlineData("""{"status":"error free"}""", null)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"error":{"message":"boom"}}""", "boom")]
    [InlineData("""{"choices":[],"error":null}""", null)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"error":false}""", null)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"detail":"x","errors":["x"]}""", null)]
    [InlineData("""{"object":"chat.completion.chunk","choices":[]}""", null)]
    public void Find_RecordsOfErrors_HaveTheirMessage(string json, string? expected)
    {
        var failure = ErrorRecords.Find(Chunk.Read(Encoding.UTF8.GetBytes(json), new ChunkLayout()));

        Assert.Equal(expected, failure?.Container?.Message);
        Assert.Equal(expected is null ? null : FailureKind.ContainerError, failure?.Kind);
    }

    public static TheoryData<string> Messages =>
        [.. ErrorFields.MessageNames.Except(["message", "Message", "msg", "text", "reason", "description", "title"])];

    [Theory, MemberData(nameof(Messages))]
    public void Find_EachNameOfAMessage_HasItsMessage(string name)
    {
        var record = Encoding.UTF8.GetBytes($$"""{"x":1,"{{name}}":"boom"}""");

        Assert.Equal("boom", ErrorRecords.Find(Chunk.Read(record, new ChunkLayout()))?.Container?.Message);
    }

    public static TheoryData<string> Codes => [.. ErrorFields.StatusNames, .. ErrorFields.CodeNames];

    [Theory, MemberData(nameof(Codes))]
    public void Find_EachNameOfACode_HasItsStatus(string name)
    {
        var record = Encoding.UTF8.GetBytes($$"""{"{{name}}":503,"text":"boom"}""");

        var error = ErrorRecords.Find(Chunk.Read(record, new ChunkLayout()))?.Container;

        Assert.Equal((503, "boom"), (error?.Status, error?.Message));
    }

    [Fact]
    public void Find_TokenStreamThatGaveUp_IsAnError()
    {
        var record = """{"token":{"text":""},"details":{"finish_reason":"error","inputs":null}}"""u8.ToArray();
        var other = """{"token":{"text":""},"details":{"finish_reason":"error","message":"boom"}}"""u8.ToArray();

        Assert.Equal("The model server failed without an error message.",
            ErrorRecords.Find(Chunk.Read(record, new ChunkLayout()))?.Container?.Message);
        Assert.Equal("boom", ErrorRecords.Find(Chunk.Read(other, new ChunkLayout()))?.Container?.Message);
    }

    [Theory]
    [InlineData("worker died", "worker died")]
    [InlineData("\"worker died\"", "worker died")]
    [InlineData("""{"message":"worker died"}""", "worker died")]
    [InlineData("{'error': {'message': 'worker died', 'code': None}}", "worker died")]
    [InlineData("null", "The model server failed without an error message.")]
    [InlineData("<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "502 Bad Gateway")]
    public void OfText_AnyForm_HasItsMessage(string text, string expected) =>
        Assert.Equal(expected, ErrorRecords.OfText(Encoding.UTF8.GetBytes(text)).Container?.Message);
}
