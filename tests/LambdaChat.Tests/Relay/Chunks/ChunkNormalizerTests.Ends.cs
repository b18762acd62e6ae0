using System.Text;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed partial class ChunkNormalizerTests
{
    [Fact]
    public void IsComplete_NeedsTheFinishReasonOfEveryChoice()
    {
        var editor = new Translation(ChunkLog.Contract(choices: 2), new ChunkLog());
        editor.TryEdit("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""u8);
        Assert.True(editor.IsFinished);
        Assert.False(editor.IsComplete);

        editor.TryEdit("""{"choices":[{"index":1,"delta":{},"finish_reason":null}]}"""u8);
        Assert.False(editor.IsFinished);

        editor.TryEdit("""{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"""u8);
        editor.TryEdit("""{"choices":[],"usage":{}}"""u8);
        Assert.True(editor.IsComplete);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"choices\":[]")]
    [InlineData("{\"choices\":[]}{}")]
    [InlineData("{\"choices\":{}}")]
    [InlineData("{\"choices\":[1]}")]
    [InlineData("{\"choices\":[{\"delta\":[]}]}")]
    [InlineData("{\"choices\":[{\"index\":\"x\"}]}")]
    [InlineData("{\"choices\":[{\"index\":\"128\"}]}")]
    [InlineData("{\"choices\":[{\"index\":1.5}]}")]
    [InlineData("{\"choices\":[{\"index\":128}]}")]
    [InlineData("{\"choices\":[{\"index\":-1}]}")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"choices\":[{\"delta\":{\"content\":\"b\"}}]}")]
    [InlineData("{\"choices\":[{\"delta\":{\"reasoning\":\"a\"},\"delta\":{\"content\":\"b\"}}]}")]
    public void Record_InAnotherForm_IsCorrupt(string text)
    {
        var editor = new Translation(ChunkLog.Contract(choices: 2), new ChunkLog());

        Assert.False(editor.TryEdit(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(FailureKind.CorruptStream, editor.Failure?.Kind);
    }

    [Fact]
    public void Index_AsATextOrAFraction_IsANumber()
    {
        var (log, editor) = ChunkLog.Run(ChunkLog.Contract(choices: 2),
            """{"choices":[{"index":"0","delta":{"content":"a"},"finish_reason":"stop"}]}""",
            """{"choices":[{"index":"1","delta":{"content":"b"}}]}""",
            """{"choices":[{"index":1.0,"delta":{"content":"c"},"finish_reason":"stop"}]}""");

        Assert.True(editor.IsComplete);
        Assert.Equal(("a", "bc"), (log.Text("content"), log.Text("content", index: 1)));
    }

    [Theory, Trait("reported", "S4")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":null,"error":{"code":502,"message":"boom"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"b"},"error":{"code":502,"message":"boom"},"finish_reason":""}]}""")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"b"},"finish_reason":null,"error":{"code":502,"message":"boom"}}]}""")]
    public void Choice_WithAnErrorAndWithoutAReason_Fails(string record)
    {
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract(), log);

        Assert.False(editor.TryEdit(Encoding.UTF8.GetBytes(record)));

        Assert.Equal((502, "boom"), (editor.Failure?.Container?.Status, editor.Failure?.Container?.Message));
        Assert.Same(editor.Failure, editor.End());
        Assert.Equal("b", log.Text("content"));
        Assert.DoesNotContain("\"stop\"", string.Concat(log.Chunks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"boom","type":"InternalServerError","param":null,"code":500}}""", 500, "boom",
        "InternalServerError")]
    [InlineData("""{"error":"boom","error_type":"generation"}""", 500, "boom", "generation")]
    [InlineData("""{"object":"error","message":"boom","type":"BadRequestError","param":null,"code":400}""", 400, "boom", "BadRequestError")]
    [InlineData("""{"token":{"id":-1,"text":"","log_prob":-1},"generated_text":"","details":{"finish_reason":"error"}}""", null,
        "The model server failed without an error message.", null)]
    public void Record_ThatIsAnError_IsTheContainers(string record, int? status, string message, string? type)
    {
        var editor = new Translation(ChunkLog.Contract(), new ChunkLog());

        Assert.False(editor.TryEdit(Encoding.UTF8.GetBytes(record)));
        Assert.Equal(new ReplyFailure(FailureKind.ContainerError, new ContainerError(status, message, type)), editor.Failure);
    }

    [Fact]
    public void Finish_TokenTooManyWithTheFinishReason_StillEndsTheChoice()
    {
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract() with { MaxTokens = 1 }, log);

        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Delta("""{"content":"a"}"""))));
        Assert.False(editor.TryEdit(Encoding.UTF8.GetBytes(Delta("""{"content":"b"}""", finish: "\"stop\""))));

        Assert.Null(editor.End());
        Assert.Equal("a", log.Text("content"));
        Assert.Contains("\"finish_reason\":\"length\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"content":"a"}""", "stop")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{ }"}}]}""", "tool_calls")]
    public void Finish_ReplyThatDoneAloneCompletes_HasAFinishReason(string delta, string expected)
    {
        var log = new ChunkLog();
        var editor = new Translation(ChunkLog.Contract() with { MayEndWithDone = true }, log);

        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(Delta(delta))));
        Assert.False(editor.TryEdit("[DONE]"u8));

        Assert.Null(editor.End());
        Assert.Equal(2, log.Chunks.Count);
        Assert.Contains($"\"finish_reason\":\"{expected}\"", log.Chunks[^1], StringComparison.Ordinal);
    }

    /// <summary>Some servers name the finish reason with the last text, and once more without text.</summary>
    [Theory]
    [InlineData("\"length\"", "\"stop\"", "stop")]
    [InlineData("\"stop\"", "\"stop\"", "stop")]
    [InlineData("\"length\"", "null", "length")]
    public void Finish_AfterAnother_LosesNoText(string first, string second, string expected)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(),
            Delta("""{"content":"a"}"""), Delta("""{"content":"b"}""", finish: first), Delta("{}", finish: second));

        Assert.Equal("ab", log.Text("content"));
        Assert.Contains($"\"finish_reason\":\"{expected}\"", log.Chunks[^1], StringComparison.Ordinal);
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Finish_AfterAnother_LosesNoUsage()
    {
        const string Finish = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]""";
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(),
            Delta("""{"content":"a"}"""), Finish + ""","usage":{"completion_tokens":1}}""", Finish + "}");

        Assert.Single(log.Chunks, chunk => chunk.Contains("\"usage\":{\"completion_tokens\":1}", StringComparison.Ordinal));
        Assert.Single(log.Chunks, chunk => chunk.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"index":0,"finish_reason":"stop"}""")]
    [InlineData("""{"index":0,"delta":null,"finish_reason":"stop"}""")]
    public void Finish_WithoutADelta_EndsTheThinking(string choice)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(ReasoningOutput.Think),
            Delta("""{"role":"assistant","reasoning":"why"}"""), $$"""{"choices":[{{choice}}]}""");

        Assert.Equal(("<think>why</think>", "assistant"), (log.Text("content"), log.Text("role")));
    }

    [Theory]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"<th\"}}],\"\\ud83d\":1}")]
    public void Record_WithHalfASurrogatePairInAName_IsRepaired(string held)
    {
        var editor = new Translation(ChunkLog.Contract(), new CompletionBuilder());

        Assert.True(editor.TryEdit(Encoding.UTF8.GetBytes(held)));
        editor.End();

        Assert.Null(editor.Failure);
    }

    [Theory]
    [InlineData(
        """{"id":"1","object":"chat.completion.chunk","created":2,"model":"served","choices":[{"index":0,"delta":{"reasoning":"你好"},"finish_reason":null}]}""", ThinkMode.Auto)]
    [InlineData("""{"choices":[{"delta":{"content":"1 < 2\n"}}]}""", ThinkMode.Started)]
    [InlineData("""{"token":{"id":1,"text":"abc","log_prob":-1}}""", ThinkMode.Auto)]
    internal void Edit_SteadyState_AllocatesNothing(string record, ThinkMode think)
    {
        var chunk = Encoding.UTF8.GetBytes(record);
        var editor = new Translation(ChunkLog.Contract(think: think), new Sink());
        for (var i = 0; i < 10; i++)
        {
            editor.TryEdit(chunk);
        }

        AllocatedMemory.AssertNone(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                editor.TryEdit(chunk);
            }
        });
        Assert.Null(editor.Failure);
    }
}
