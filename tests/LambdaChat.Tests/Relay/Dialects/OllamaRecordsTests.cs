using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Dialects;

/// <summary>Lines of Ollama's <c>/api/chat</c> and <c>/api/generate</c>.</summary>
public sealed class OllamaRecordsTests
{
    private const string Usage = "\"total_duration\":5,\"prompt_eval_count\":7,\"eval_count\":3";

    private const string Call = """{"function":{"name":"f","arguments":{"a":1}}}""";

    private static readonly OutputFormat Text = new("r1", OutputFormat.TextCompletion, "own", 1);

    [Theory, Trait("reported", "S3")]
    [InlineData("\"done_reason\":\"stop\",", "stop")]
    [InlineData("\"done_reason\":\"length\",", "length")]
    [InlineData("\"done_reason\":\"\",", "stop")]
    [InlineData("", "stop")]
    public async Task Chat_InAnyCut_IsAReply(string reason, string finish)
    {
        var lines = Line("""{"role":"assistant","content":"","thinking":"why"}""") + Line("""{"role":"assistant","content":"Hel"}""")
            + Line("""{"role":"assistant","content":"lo"}""") + Line("""{"role":"assistant","content":""}""", $",{reason}{Usage}", "true");
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), lines);

        Assert.Null(failure);
        await AssertReplyAsync(new RecordedReply("why", "Hello", [], finish, 7, 3), log);
    }

    [Fact]
    public async Task Calls_InAnyCut_AreCalls()
    {
        var lines = Line($$"""{"role":"assistant","content":"","tool_calls":[{{Call}}]}""")
            + Line($$"""{"role":"assistant","content":"","tool_calls":[{{Call}},{{Call.Replace("\"f\"", "\"g\"")}}]}""")
            + Line("""{"role":"assistant","content":""}""", $",\"done_reason\":\"stop\",{Usage}", "true");
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract() with { HasTools = true }, lines);

        Assert.Null(failure);
        await AssertReplyAsync(new RecordedReply(
            "", "", ["""call_own_0:f:{"a":1}""", """call_own_1:f:{"a":1}""", """call_own_2:g:{"a":1}"""], "tools", 7, 3), log);
    }

    [Fact]
    public void Document_IsAReply()
    {
        var (log, failure, _) = BytesReply.OfAnyCut(
            ChunkLog.Contract(), Line("""{"role":"assistant","content":"<think>why</think>Hello"}""", $",{Usage}", "true"));

        Assert.Null(failure);
        Assert.Equal(("why", "Hello"), (log.Text("reasoning_content"), log.Text("content")));
    }

    [Fact]
    public void Generation_InAnyCut_IsAText()
    {
        const string Lines = """
            {"model":"m","response":"","thinking":"why","done":false}
            {"model":"m","response":"Hel","done":false}
            {"model":"m","response":"lo","done":false}
            {"model":"m","response":"","done":true,"done_reason":"stop","eval_count":2}

            """;
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), Lines);
        Assert.Null(failure);
        Assert.Equal(("why", "Hello"), (log.Text("reasoning_content"), log.Text("content")));

        (_, failure, var whole) = BytesReply.OfAnyCut(Text, Lines);
        Assert.Null(failure);
        Assert.Equal("Hello", (string?)JsonNode.Parse(whole)!["choices"]![0]!["text"]);
    }

    [Fact]
    public void Lines_ThatBreakOff_AreNoReply()
    {
        var (_, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), Line("""{"role":"assistant","content":"Hel"}"""));
        Assert.Equal(FailureKind.NoFinishReason, failure?.Kind);

        (_, failure, _) = BytesReply.OfAnyCut(
            ChunkLog.Contract(), Line("""{"role":"assistant","content":"Hel"}""") + "{\"error\":\"boom\"}\n");
        Assert.Equal("boom", failure?.Container?.Message);
    }

    private static async Task AssertReplyAsync(RecordedReply expected, ChunkLog log)
    {
        AssertEqual(expected, RecordedReply.OfCompletion(TranslatedReply.Aggregate(log.Chunks)));
        foreach (var api in RecordedReply.Apis)
        {
            AssertEqual(expected, await RecordedReply.ReadAsync(api, log.Chunks));
        }
    }

    private static void AssertEqual(RecordedReply expected, RecordedReply actual)
    {
        Assert.Equal(expected.Calls, actual.Calls);
        Assert.Equal(expected with { Calls = [] }, actual with { Calls = [] });
    }

    private static string Line(string message, string others = "", string done = "false") =>
        $$"""{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{{message}},"done":{{done}}{{others}}}""" + "\n";
}
