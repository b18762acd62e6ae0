using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api;

/// <summary>Text completions that are not streamed: their document is read as the records of a stream are.</summary>
public sealed class TextCompletionTests
{
    private const string Lists =
        """{"tokens":["a","b"],"token_logprobs":[null,-1.0e0],"top_logprobs":[null,{"b":-1}],"text_offset":[0,1]}""";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Document_KeepsAllItsMembers()
    {
        var (status, body) = await WholeAsync(
            "{\n  \"id\": \"cmpl-9\", \"object\": \"text_completion\", \"created\": 5, \"model\": \"served\", \"system_fingerprint\": \"f\",\n"
            + "  \"choices\": [{\"index\": 0, \"text\": \"a\\u00e4\\nb\", \"logprobs\": " + Lists
            + ", \"finish_reason\": \"stop\", \"stop_reason\": 7, \"prompt_logprobs\": [1]}],\n"
            + "  \"usage\": {\"prompt_tokens\": 1, \"completion_tokens\": 2, \"x\": 3}\n}\n");

        Assert.Equal(200, status);
        Assert.Equal(
            """{"id":"cmpl-9","object":"text_completion","created":5,"model":"r1","choices":[{"index":0,"text":"a\u00e4\nb","logprobs":"""
            + Lists + ""","finish_reason":"stop","stop_reason":7,"prompt_logprobs":[1]}],"usage":{"prompt_tokens": 1, "completion_tokens": 2, "x": 3},"system_fingerprint":"f"}""",
            body);
    }

    [Theory]
    // Names of other servers.
    [InlineData("""{"choices":[{"text":"a","finish_reason":"eos_token"}]}""", "a:stop")]
    [InlineData("""{"choices":[{"text":"a","finish_reason":{"type":"length","length":5}}]}""", "a:length")]
    // A document that parses is complete.
    [InlineData("""{"choices":[{"text":"a","finish_reason":""}]}""", "a:stop")]
    [InlineData("""{"choices":[{"text":"a"}]}""", "a:stop")]
    [InlineData("""{"choices":[{"text":"","finish_reason":"stop"}]}""", ":stop")]
    // The answer of a server that has only a chat template, or only one text.
    [InlineData("""{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"length"}]}""", "a:length")]
    [InlineData("""{"choices":[{"index":0,"message":{"role":"assistant","content":"a"}}]}""", "a:stop")]
    [InlineData("""{"generated_text":"a"}""", "a:stop")]
    [InlineData("""[{"generated_text":"a"}]""", "a:stop")]
    // Damaged values.
    [InlineData("""{"choices":[{"text":"a\ud83d","logprobs":{"token_logprobs":[NaN,-Infinity]},"finish_reason":"stop"}],"usage":null}""", "a\uFFFD:stop")]
    [InlineData("""{"choices":null,"usage":{"prompt_tokens":1}}""", null)]
    // A server that streams though it was not asked to.
    [InlineData("data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: {\"choices\":[{\"text\":\"b\",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", "ab:stop")]
    [InlineData("data: {\"choices\":[{\"text\":\"a\"}]}\n\n", null)]
    [InlineData("{\"choices\":[{\"text\":\"a\"}]}\n{\"choices\":[{\"text\":\"b\"}]}\n", null)]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n", null)]
    [InlineData("{\"token\":{\"text\":\"a\"}}\n", null)]
    [InlineData("{\"message\":{\"content\":\"a\"},\"done\":false}\n", null)]
    [InlineData("{\"message\":{\"content\":\"a\"},\"done\":true}\n", "a:stop")]
    public async Task Document_OfAnyForm_IsATextCompletion(string document, string? expected)
    {
        var (status, body) = await WholeAsync(document);

        Assert.Equal((expected is null ? 424 : 200, expected), (status, expected is null ? null : Choices(body)[0]));
    }

    [Fact]
    public async Task Choices_OfSeveralPrompts_KeepTheirIndexes()
    {
        const string Document =
            """{"choices":[{"index":2,"text":"c","finish_reason":"length"},{"index":0,"text":"a","finish_reason":"stop"},{"index":1,"text":"b","finish_reason":null},{"index":3,"text":"d","finish_reason":"stop"}],"usage":{"prompt_tokens":1}}""";

        var (status, body) = await WholeAsync(Document, choices: 4, prompts: 2);
        var (missing, _) = await WholeAsync("""{"choices":[{"index":0,"text":"a","finish_reason":"stop"}]}""", choices: 2, prompts: 2);

        Assert.Equal((200, 424), (status, missing));
        Assert.Equal(["a:stop", "b:stop", "c:length", "d:stop"], Choices(body));
        Assert.Equal("""{"prompt_tokens":1}""", JsonNode.Parse(body)!["usage"]!.ToJsonString());
    }

    /// <summary>A completion that is not streamed ends like the streamed one.</summary>
    [Theory]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"abort"}]}""", FailureKind.ModelAborted)]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"error"}]}""", FailureKind.ModelAborted)]
    [InlineData("""{"choices":[{"text":"a","finish_reason":{"type":"abort","message":"boom","status_code":500}}]}""", FailureKind.ContainerError)]
    [InlineData("""{"error":{"message":"boom"}}""", FailureKind.ContainerError)]
    [InlineData("""{"object":"error","message":"boom","code":400}""", FailureKind.ContainerError)]
    [InlineData("""{"object":"list","data":[{"embedding":[1]}]}""", FailureKind.WrongTask)]
    [InlineData("""{"choices":"x"}""", FailureKind.CorruptStream)]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"stop"}""", FailureKind.CorruptStream)]
    [InlineData("{}", FailureKind.NoFinishReason)]
    internal async Task Failure_IsTheSameInBothForms(string document, FailureKind expected)
    {
        var whole = await RunAsync(document, CallMode.Plain, 1, 1);
        var streamed = await RunAsync($"data: {document}\n\ndata: [DONE]\n\n", CallMode.Stream, 1, 1);

        Assert.Equal((expected, expected), (whole.Failure?.Kind, streamed.Failure?.Kind));
        Assert.NotNull(JsonNode.Parse(whole.Body)!["error"]!["message"]);
        Assert.InRange(whole.Status, 400, 599);
    }

    [Theory]
    [InlineData("Internal Server Error\n")]
    [InlineData("<html><head><title>502 Bad Gateway</title></head></html>")]
    public async Task Document_ThatIsText_IsAFailure(string document) =>
        Assert.Equal(FailureKind.ContainerError, (await RunAsync(document, CallMode.Plain, 1, 1)).Failure?.Kind);

    [Theory]
    [InlineData(128, 200)]
    [InlineData(129, 502)]
    public async Task Choices_AboveTheMaximum_AreADamagedReply(int count, int expected)
    {
        var document = $$"""{"choices":[{{string.Join(',', Enumerable.Repeat("""{"text":"a","finish_reason":"stop"}""", count))}}]}""";

        var (status, body) = await WholeAsync(document, choices: 128);

        Assert.Equal(expected, status);
        Assert.True(expected != 200 || Choices(body).Count == count);
    }

    private static List<string> Choices(string body) =>
        [.. JsonNode.Parse(body)!["choices"]!.AsArray().Select(choice => $"{choice!["text"]}:{choice["finish_reason"]}")];

    private async Task<(int Status, string Body)> WholeAsync(string document, int choices = 1, int prompts = 1)
    {
        var (status, body, _) = await RunAsync(document, CallMode.Plain, choices, prompts);
        using var parsed = JsonDocument.Parse(body); // What a client does.
        return (status, body);
    }

    private async Task<(int Status, string Body, ReplyFailure? Failure)> RunAsync(string answer, CallMode mode, int choices, int prompts)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "");
        var format = new OutputFormat("r1", OutputFormat.TextCompletion, "own", 1) { Choices = choices, Prompts = prompts };
        var targets = new TargetCaller(
            new ScriptedCalls(new ScriptedCall(answer)), new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var relay = new ReplyRelay(targets, new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), NullLogger<ReplyRelay>.Instance, _time);
        IReplyWriter writer = mode == CallMode.Plain
            ? new AggregatedReply(context.Response, sendsHeartbeats: false, isChat: false)
            : new SseReply(context.Response, format);

        var outcome = await relay.RunAsync(context, new RelayRequest(model, mode, [], format), writer);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()), outcome.Failure);
    }
}
