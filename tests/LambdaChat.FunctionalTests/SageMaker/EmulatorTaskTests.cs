using static LambdaChat.FunctionalTests.SageMaker.EmulatorClient;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>The replies to text completion, embedding, rerank and score requests.</summary>
public sealed class EmulatorTaskTests(FunctionFixture function)
{
    [Fact]
    public async Task Prompt_Streamed_ReturnsTextCompletion()
    {
        var (_, _, body) = await AskAsync(
            function.Emulator,
            "invocations",
            """{"model":"m","prompt":["hi","ho"],"stream":true,"stream_options":{"include_usage":true},"stand_in":{"content":["a","b"]}}""");

        string[] choices =
        [
            """{"index":0,"text":"a","logprobs":null,"finish_reason":null,"stop_reason":null}""",
            """{"index":1,"text":"b","logprobs":null,"finish_reason":null,"stop_reason":null}""",
            """{"index":0,"text":"","logprobs":null,"finish_reason":"stop","stop_reason":null}""",
            """{"index":1,"text":"","logprobs":null,"finish_reason":"stop","stop_reason":null}""",
        ];
        const string Start = """data: {"id":"cmpl-ID","object":"text_completion","created":1,"model":"m","choices":""";
        Assert.Equal(
            string.Concat(choices.Select(choice => $"{Start}[{choice}]}}\n\n")) + Start +
                """[],"usage":{"prompt_tokens":18,"total_tokens":20,"completion_tokens":2}}""" + "\n\ndata: [DONE]\n\n",
            WireShapes.Masked(body));
    }

    [Theory]
    [InlineData(
        """{"prompt":"hi","stand_in":{"content":"a b"}}""",
        """{"id":"cmpl-ID","object":"text_completion","created":1,"model":"","choices":[{"index":0,"text":"a b","logprobs":null,"finish_reason":"stop","stop_reason":null}],"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}}""")]
    [InlineData(
        """{"input":"a"}""",
        """{"id":"embd-ID","object":"list","created":1,"model":"","data":[{"index":0,"object":"embedding","embedding":[0.578125,0.1796875,0.0078125,-0.859375,0.578125,-0.7890625,0.4765625,0.578125]}],"usage":{"prompt_tokens":1,"total_tokens":1,"completion_tokens":0}}""")]
    [InlineData(
        """{"input":"a","encoding_format":"base64"}""",
        """{"id":"embd-ID","object":"list","created":1,"model":"","data":[{"index":0,"object":"embedding","embedding":"AAAUPwAAOD4AAAA8AABcvwAAFD8AAEq/AAD0PgAAFD8="}],"usage":{"prompt_tokens":1,"total_tokens":1,"completion_tokens":0}}""")]
    [InlineData(
        """{"query":"a fox","documents":["dog","a fox",{"text":"fox"}],"top_n":2}""",
        """{"id":"rerank-ID","model":"","results":[{"index":1,"document":{"text":"a fox"},"relevance_score":1},{"index":2,"document":{"text":"fox"},"relevance_score":0.5}],"usage":{"prompt_tokens":6,"total_tokens":6}}""")]
    [InlineData(
        """{"text_1":"a fox","text_2":["fox","dog"]}""",
        """{"id":"score-ID","object":"list","created":1,"model":"","data":[{"index":0,"object":"score","score":0.5},{"index":1,"object":"score","score":0}],"usage":{"prompt_tokens":4,"total_tokens":4,"completion_tokens":0}}""")]
    public async Task Body_SelectsTheTask(string request, string expected)
    {
        var (_, _, body) = await AskAsync(function.Emulator, "invocations", request);

        Assert.Equal(expected, WireShapes.Masked(body));
    }
}
