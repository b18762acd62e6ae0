using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Signing;
using static LambdaChat.FunctionalTests.SageMaker.EmulatorClient;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>Recorded replies, and the endings of real model servers.</summary>
public sealed class EmulatorReplayTests(FunctionFixture function)
{
    private const string Recorded = ": keep-alive\n\ndata: {\"a\":\"你\\ud83e\"}\n\ndata: [DONE]\n\n";

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Replay_ReturnsTheRecordedBytes(bool isStreamed, bool isBase64)
    {
        var request = Replay(isStreamed ? Recorded : "ignored", isStreamed ? "ignored" : "{\"whole\":\"你\"}", isBase64);
        request["stream"] = isStreamed;

        var (status, contentType, body) = await AskAsync(function.Emulator, OpenAIPath, request.ToJsonString());

        Assert.Equal(200, status);
        Assert.Equal(isStreamed ? "text/event-stream; charset=utf-8" : "application/json", contentType);
        Assert.Equal(isStreamed ? Recorded : "{\"whole\":\"你\"}", body);
    }

    [Fact]
    public async Task Replay_CutAtAnOffset_StartsANewPayload()
    {
        var request = Replay(Recorded, "", isBase64: false);
        request["stand_in"]!["cut_at"] = new JsonArray(3, 20, 21);
        var credentials = EmulatorCredentials.Default;
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = credentials.SessionToken,
        };

        var result = await Node.RunAsync("read-event-stream.mjs", variables, function.Emulator.Address.ToString(), request.ToJsonString());

        Assert.Equal((Recorded, 6), ((string?)result["text"], (int?)result["parts"]));
    }

    [Fact]
    public async Task Replay_Error_KeepsItsStatus()
    {
        var request = Replay("", "{\"detail\":\"no\"}", isBase64: false);
        request["stream"] = false;
        request["stand_in"]!["replay"]!["status"] = 422;

        Assert.Equal(
            (422, "application/json", "{\"detail\":\"no\"}"), await AskAsync(function.Emulator, OpenAIPath, request.ToJsonString()));
    }

    [Theory]
    [InlineData("vllm", "\"finish_reason\":\"abort\",\"token_ids\":null}]}\n\ndata: [DONE]\n\n")]
    [InlineData("sglang-0.5", "\"finish_reason\":\"abort\",\"matched_stop\":null}]}\n\ndata: [DONE]\n\n")]
    public async Task Finish_Abort_EndsTheReply(string server, string ending)
    {
        var (_, _, body) = await AskAsync(
            function.Emulator, OpenAIPath, Chat(
                $$"""{"server":"{{server}}","tokens":2,"finish":"abort"}""", """{"stream_options":null}"""));

        Assert.EndsWith(ending, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vllm", ": keep-alive\n\n: keep-alive\n\ndata: ")]
    [InlineData("mlx-lm", ": keepalive 1/2\n\n: keepalive 1/2\n\ndata: ")]
    [InlineData("lmi", "{\"id\":")]
    public async Task KeepAlive_PrecedesTheFirstEvent(string server, string start)
    {
        var (_, _, body) = await AskAsync(function.Emulator, OpenAIPath, Chat($$"""{"server":"{{server}}","keep_alive":2}"""));

        Assert.StartsWith(start, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_Done_EndsWithoutFinishReason()
    {
        var (_, _, body) = await AskAsync(function.Emulator, OpenAIPath, Chat("""{"tokens":5,"fault":{"kind":"done","after":2} }"""));

        Assert.EndsWith("\"finish_reason\":null,\"token_ids\":null}]}\n\ndata: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_StallWithTime_ResetsTheConnection() => await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
        AskAsync(function.Emulator, OpenAIPath, Chat("""{"tokens":5,"fault":{"kind":"stall","after":2,"stall_ms":1} }""")));

    [Fact]
    public async Task Fault_Draining_Returns503OfTheContainer()
    {
        var (status, _, body) = await AskAsync(function.Emulator, OpenAIPath, Chat("""{"fault":{"kind":"draining"} }"""));

        Assert.Equal(503, status);
        Assert.Contains("The engine is currently busy and cannot accept new requests.", body, StringComparison.Ordinal);
    }

    private static JsonObject Replay(string stream, string whole, bool isBase64)
    {
        string Encode(string text) => isBase64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text;
        var request = JsonNode.Parse(Chat("{}"))!.AsObject();
        request["stand_in"]!["replay"] = new JsonObject { ["stream"] = Encode(stream), ["whole"] = Encode(whole), ["base64"] = isBase64 };
        return request;
    }
}
