using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Dialects;
using LambdaChat.Local.SageMaker.Scripts;
using LambdaChat.Local.SageMaker.Signing;
using static LambdaChat.FunctionalTests.SageMaker.EmulatorClient;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>The wire format of every model server.</summary>
public sealed class EmulatorServerTests(FunctionFixture function)
{
    private const string Refusal = "The container refused the request.";

    public static TheoryData<string> Servers => [.. DialectCatalog.Names];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Server_Streaming_UsesItsFormat(string server)
    {
        var credentials = EmulatorCredentials.Default;
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = credentials.SessionToken,
        };

        var result = await Node.RunAsync(
            "read-event-stream.mjs",
            variables,
            function.Emulator.Address.ToString(),
            Chat($$"""{"server":"{{server}}","reasoning":"Hm","content":"Hi"}"""));

        Assert.Equal(WireShapes.All[server], ((string?)result["contentType"], WireShapes.Masked((string?)result["text"])));
    }

    [Theory]
    [InlineData("vllm", "Hi", """ "reasoning":"Hm" """)]
    [InlineData("vllm-2025", "Hi", """ "reasoning_content":"Hm" """)]
    [InlineData("vllm-transition", "Hi", """ "reasoning":"Hm","reasoning_content":"Hm" """)]
    [InlineData("vllm-inline", "<think>Hm</think>Hi", """ "reasoning":null """)]
    [InlineData("vllm-bare", "Hm</think>Hi", """ "reasoning":null """)]
    [InlineData("sglang", "Hi", """ "reasoning_content":"Hm" """)]
    [InlineData("lmi", "Hi", """ "reasoning_content":"Hm" """)]
    public async Task Server_NonStreaming_PlacesReasoningAsInAStream(string server, string content, string reasoning)
    {
        var (_, contentType, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat($$"""{"server":"{{server}}","reasoning":"Hm","content":"Hi"}""", """{"stream":false}"""));

        Assert.Equal("application/json", contentType);
        Assert.Contains(
            $$$"""{"role":"assistant","content":"{{{content}}}",{{{reasoning.Trim()}}},"tool_calls":[]}""", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lmi-text", """{"generated_text":"Hm</think>Hi"}""")]
    [InlineData("tgi-generate", """[{"generated_text":"<think>Hm</think>Hi"}]""")]
    [InlineData("huggingface", """[{"generated_text":"Hi"}]""")]
    public async Task Server_WithoutChatNonStreaming_ReturnsText(string server, string expected)
    {
        var (_, _, body) = await AskAsync(
            function.Emulator, "invocations", $$"""{"inputs":"hi","stand_in":{"server":"{{server}}","reasoning":"Hm","content":"Hi"} }""");

        Assert.Equal(expected, body);
    }

    [Fact]
    public async Task Choices_Several_AreInterleaved()
    {
        var (_, _, body) = await AskAsync(function.Emulator, OpenAIPath, Chat("""{"reasoning":"","content":["a b","c"]}""", """{"n":2}"""));

        var choices = ReadEvents(body).Where(data => data["choices"]!.AsArray().Count > 0).Select(data => data["choices"]![0]!).ToList();
        Assert.Equal([0, 1, 0, 1, 0, 1, 0], choices.Select(choice => (int)choice["index"]!));
        Assert.Equal(
            ["a b", "c"],
            choices.GroupBy(choice => (int)choice["index"]!).Select(
                choice => string.Concat(choice.Select(delta => (string?)delta["delta"]!["content"]))));
        Assert.Equal(["stop", "stop"], choices.Select(choice => (string?)choice["finish_reason"]).OfType<string>());
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("llama-cpp")]
    public async Task Logprobs_Requested_AreSentWithEachToken(string server)
    {
        var (_, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat($$"""{"server":"{{server}}","reasoning":"Hm","content":"上"}""", """{"logprobs":true}"""));

        var logprobs = Assert.Single(
            ReadEvents(body).Select(data => data["choices"]!.AsArray().FirstOrDefault()?["logprobs"]).OfType<JsonObject>());
        Assert.Equal("""{"content":[{"token":"上","logprob":-0.25,"bytes":[228,184,138],"top_logprobs":[]}]}""", logprobs.ToText());
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("sglang")]
    [InlineData("nim")]
    [InlineData("llama-cpp")]
    [InlineData("tgi")]
    public async Task Tools_Streamed_ComeInPieces(string server)
    {
        var (_, _, body) = await AskAsync(
            function.Emulator,
            OpenAIPath,
            Chat(
                $$"""{"server":"{{server}}","reasoning":"","tools":[{"name":"f","arguments":"{\"a\":1}"},{"name":"g","arguments":"{}"}]}"""));

        var choices = ReadEvents(body).Select(data => data["choices"]!.AsArray().FirstOrDefault()).OfType<JsonNode>().ToList();
        Assert.Equal(
            [
                """[{"index":0,"id":"call_0","type":"function","function":{"name":"f","arguments":""}}]""",
                """[{"index":0,"function":{"arguments":"{\"a\""}}]""",
                """[{"index":0,"function":{"arguments":":1}"}}]""",
                """[{"index":1,"id":"call_1","type":"function","function":{"name":"g","arguments":""}}]""",
                """[{"index":1,"function":{"arguments":"{}"}}]""",
            ],
            choices.Select(choice => choice["delta"]!["tool_calls"]).OfType<JsonNode>().Select(calls => calls.ToText()));
        Assert.Equal("tool_calls", (string?)choices[^1]["finish_reason"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tools_OfOllama_HaveTheirArgumentsAsAnObject(bool isStreamed)
    {
        var (_, _, body) = await AskAsync(
            function.Emulator,
            OpenAIPath,
            Chat(
                """{"server":"ollama","reasoning":"","tools":[{"name":"f","arguments":"{\"a\":1}"}]}""",
                isStreamed ? "{}" : """{"stream":false}"""));

        Assert.Contains(
            """
            "message":{"role":"assistant","content":"","tool_calls":[{"id":"call_0","function":{"index":0,"name":"f","arguments":{"a":1}}}]}
            """.Trim(),
            body,
            StringComparison.Ordinal);
        Assert.Contains("\"done\":true,\"done_reason\":\"stop\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_NonStreaming_AreInTheMessage()
    {
        var (_, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat("""{"server":"whole","reasoning":"Hm","tools":[{"name":"f","arguments":"{}"}]}"""));

        Assert.Contains(
            """
            "message":{"role":"assistant","content":null,"reasoning_content":"Hm","tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"
            """.Trim(),
            body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "vllm",
        "data: {\"error\":{\"message\":\"" + Refusal + "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}\n\ndata: [DONE]\n\n")]
    [InlineData(
        "starlette",
        "data: {\"error\":{\"message\":\"" + Refusal +
            "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}\r\n\r\ndata: [DONE]\r\n\r\n")]
    [InlineData("lmi", "\n{\"error\":{\"message\":\"" + Refusal + "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}\n")]
    [InlineData(
        "lmi-text",
        "{\"token\":{\"id\":-1,\"text\":\"\",\"log_prob\":-1,\"special_token\":true},\"generated_text\":\"\",\"details\":{\"finish_reason\":\"error\",\"generated_tokens\":null,\"inputs\":null}}\n")]
    [InlineData("ollama", "\n{\"error\":\"" + Refusal + "\"}\n")]
    [InlineData("tgi", "data:{\"error\":\"" + Refusal + "\",\"error_type\":\"generation\"}\n\n")]
    [InlineData("tgi-generate", "data:{\"error\":\"" + Refusal + "\",\"error_type\":\"generation\"}\n\n")]
    public async Task Server_FailsInsideTheReply_UsesItsFormat(string server, string ending)
    {
        var (status, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat($$"""{"server":"{{server}}","tokens":5,"fault":{"kind":"container_error","after":2} }"""));

        Assert.Equal(200, status);
        Assert.Contains(" t0", body, StringComparison.Ordinal);
        Assert.EndsWith(ending, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_Unknown_IsRefusedByTheContainer()
    {
        var (status, _, body) = await AskAsync(function.Emulator, "invocations", Chat("""{"server":"none"}"""));

        Assert.Equal((424, 400), (status, (int?)JsonNode.Parse(body)!["OriginalStatusCode"]));
        Assert.Contains(
            "Unknown stand_in.server none",
            (string)JsonNode.Parse((string)JsonNode.Parse(body)!["OriginalMessage"]!)!["error"]!["message"]!,
            StringComparison.Ordinal);
    }
}
