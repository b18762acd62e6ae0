using System.Text;
using LambdaChat.Relay.Records;

namespace LambdaChat.Tests.Relay.Records;

public sealed class RecordTextTests
{
    [Theory]
    [InlineData("Internal Server Error")]
    [InlineData("500 Internal Server Error")]
    [InlineData("error: CUDA out of memory. Tried to allocate 2.00 GiB")]
    [InlineData("服务器内部错误")]
    [InlineData("'NoneType' object has no attribute 'shape'")]
    [InlineData("(EngineCore_0 pid=12) died")]
    [InlineData("*** stopped")]
    [InlineData("\"Internal Server Error\"")]
    [InlineData("Post \"http://127.0.0.1:8000\": EOF")]
    [InlineData("error: {\"message\":\"x\"}")]
    [InlineData("KeyError: ['a', \"b\"]")]
    [InlineData("<html>")]
    [InlineData("{'error': {'message': 'x'}}")]
    [InlineData("{ 'detail': [] }")]
    [InlineData("['x']")]
    [InlineData("[rank0] worker died")]
    [InlineData("[0] worker died")]
    [InlineData("[2026-11-28 10:00:00,123] ERROR")]
    public void IsText_Text_IsTrue(string text) => Assert.True(RecordText.IsText(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[{\"generated_text\":\"x\"}]")]
    [InlineData("[[0.1,-2e-3],[NaN]]")]
    [InlineData("[0.1, 2]")]
    [InlineData("[-1]")]
    [InlineData("[NaN,0.5]")]
    [InlineData("[12")]
    [InlineData("")]
    public void IsText_Json_IsFalse(string json) => Assert.False(RecordText.IsText(Encoding.UTF8.GetBytes(json)));

    /// <summary>A chunk that lost its beginning at any byte is no text, so that it ends the reply as damaged.</summary>
    [Theory]
    [InlineData("""{"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"say \"hi\": {x"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"你好 error"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}""")]
    public void IsOne_EndOfAChunk_IsNone(string chunk)
    {
        var bytes = Encoding.UTF8.GetBytes(chunk);
        for (var start = 0; start < bytes.Length; start++)
        {
            Assert.False(RecordText.IsText(bytes.AsSpan(start)), Encoding.UTF8.GetString(bytes.AsSpan(start)));
        }
    }

    [Theory]
    [InlineData("Internal Server Error", true)]
    [InlineData("CUDA OUT OF MEMORY", true)]
    [InlineData("worker Died", true)]
    [InlineData("服务器内部错误", true)]
    [InlineData("<!DOCTYPE html>", true)]
    [InlineData("warming up", false)]
    [InlineData("queued: 3 before you", false)]
    [InlineData("[START]", false)]
    public void IsError_TextThatNamesOne_IsOne(string text, bool expected) =>
        Assert.Equal(expected, RecordText.IsError(Encoding.UTF8.GetBytes(text)));
}
