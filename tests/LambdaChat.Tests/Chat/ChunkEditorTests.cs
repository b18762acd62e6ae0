using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Chat;
using LambdaChat.Errors;

namespace LambdaChat.Tests.Chat;

public sealed class ChunkEditorTests
{
    [Theory]
    [InlineData("""{"id":"1","model":"served","choices":[]}""", """{"id":"1","model":"r\"1","choices":[]}""")]
    [InlineData("""{"id":"1","model":null,"choices":[]}""", """{"id":"1","model":"r\"1","choices":[]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning":"x"}}]}""", """{"choices":[{"index":0,"delta":{"reasoning_content":"x"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"reasoning":"x","reasoning_content":"x"}}]}""", """{"choices":[{"delta":{"reasoning":"x","reasoning_content":"x"}}]}""")]
    [InlineData(
        """{"choices":[{"index":0,"delta":{"reasoning":"x"}},{"index":1,"delta":{"reasoning":"y"}}],"model":"m"}""",
        """{"choices":[{"index":0,"delta":{"reasoning_content":"x"}},{"index":1,"delta":{"reasoning_content":"y"}}],"model":"r\"1"}""")]
    [InlineData("""{"usage":{"model":"kept","reasoning":1},"reasoning":"kept","choices":[]}""", """{"usage":{"model":"kept","reasoning":1},"reasoning":"kept","choices":[]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"\u4f60 \"reasoning\": \/"}}] , "x" : 1.0e2}""", """{"choices":[{"delta":{"content":"\u4f60 \"reasoning\": \/"}}] , "x" : 1.0e2}""")]
    [InlineData("""{"error":null,"choices":[]}""", """{"error":null,"choices":[]}""")]
    [InlineData("{\n \"choices\": [],\n \"model\": \"m\"\n}", "{  \"choices\": [],  \"model\": \"r\\\"1\" }")]
    public void TryEdit_Chunk_ChangesOnlyTheContract(string chunk, string expected)
    {
        Assert.True(new ChunkEditor("r\"1").TryEdit(Encoding.UTF8.GetBytes(chunk), out var edited));

        Assert.Equal(expected, Encoding.UTF8.GetString(edited));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"choices\":[]")]
    [InlineData("{\"choices\":[]}{}")]
    [InlineData("{\"choices\":{}}")]
    [InlineData("{\"choices\":[{\"index\":\"0\"}]}")]
    [InlineData("{\"choices\":[{\"index\":1.5}]}")]
    public void TryEdit_NoChunk_IsCorrupt(string text)
    {
        var editor = new ChunkEditor("r1");

        Assert.False(editor.TryEdit(Encoding.UTF8.GetBytes(text), out _));
        Assert.Equal(new RelayFailure(RelayError.CorruptStream), editor.Failure);
    }

    [Fact]
    public void TryEdit_Error_IsTheContainers()
    {
        var editor = new ChunkEditor("r1");

        Assert.False(editor.TryEdit("""{"error":{"message":"boom","type":"InternalServerError","param":null,"code":500}}"""u8, out _));
        Assert.Equal(new RelayFailure(RelayError.ContainerError, new ContainerError(500, "boom", "InternalServerError")), editor.Failure);
    }

    [Fact]
    public void IsComplete_NeedsTheFinishReasonOfEveryChoice()
    {
        var editor = new ChunkEditor("r1");
        Assert.False(editor.IsComplete);

        Edit(editor, """{"choices":[{"index":0,"delta":{},"finish_reason":null},{"index":1,"delta":{},"finish_reason":null}]}""");
        Edit(editor, """{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}""");
        Assert.False(editor.IsComplete);

        Edit(editor, """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""");
        Assert.True(editor.IsComplete);

        Edit(editor, """{"choices":[],"usage":{}}""");
        Assert.True(editor.IsComplete);
    }

    [Theory]
    [InlineData("vllm.sse")]
    [InlineData("vllm-chinese.sse")]
    [InlineData("vllm-2025.sse")]
    [InlineData("vllm-tools.sse")]
    [InlineData("sglang.sse")]
    [InlineData("llama-cpp.sse")]
    [InlineData("starlette.sse")]
    public void TryEdit_Transcripts_SayTheSameUnderTheContractsNames(string name)
    {
        var editor = new ChunkEditor("public");
        foreach (var item in SseParser.Create(new MemoryStream(Transcript.Read(name))).Enumerate().Where(item => item.Data != "[DONE]"))
        {
            var expected = JsonNode.Parse(item.Data.Replace("\"reasoning\":", "\"reasoning_content\":", StringComparison.Ordinal))!;
            expected["model"] = "public";

            Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(item.Data), out var edited));
            Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(edited)));
        }

        Assert.True(editor.IsComplete);
    }

    [Fact]
    public void TryEdit_SteadyState_AllocatesNothing()
    {
        var chunk = """{"id":"1","model":"served","choices":[{"index":0,"delta":{"reasoning":"你好"},"finish_reason":null}]}"""u8.ToArray();
        var editor = new ChunkEditor("r1");
        editor.TryEdit(chunk, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            editor.TryEdit(chunk, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Edit(ChunkEditor editor, string chunk) => Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(chunk), out _));
}
