using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Replies that fail. The clients of both protocols treat a stream that just ends as a complete reply.</summary>
public sealed class FrontendFailureTests
{
    private static readonly List<string> Chunks = Normalized(
        Thinking("t"), Text("a"), Call(0, "c1", "f", "{\\\"a\\\":"), Call(1, "c2", "g", "{"), Arguments(0, "1}"), Text("late"),
        Arguments(1, "}"), Text("b"), Stop, Usage);

    [Theory]
    [Trait("Report", "vercel/ai#11700")]
    [Trait("Report", "opencomp-eu/ollama-ai-provider-v2#9")]
    [Trait("Report", "laravel/ai#906")]
    [Trait("Report", "agentscope-ai/agentscope-java#2642")]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Failure_AfterEveryChunk_IsTheLastPart(string path)
    {
        for (var count = 1; count <= Chunks.Count; count++)
        {
            var failure = new ReplyFailure(FailureKind.StreamBroken);

            var reading = await FrontendReply.ReadAsync(path, Chunks.Take(count), failure);

            Assert.Equal(failure.ToError().Message, reading.Error);
            Assert.Null(reading.Finish);
            Assert.DoesNotContain("tool-input-available", reading.Types); // A page must not run the tool.
        }
    }

    [Fact]
    public async Task AgUi_FailureInsideACall_GivesItAResult()
    {
        var reading = await FrontendReply.ReadAsync(
            FrontendReply.AgUi, Normalized(Call(0, "c1", "f", "{")), new ReplyFailure(FailureKind.StreamBroken));

        Assert.Equal(["RUN_STARTED", "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT", "RUN_ERROR"], reading.Types);
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Failure_AfterText_ClosesTheText(string path)
    {
        var reading = await FrontendReply.ReadAsync(path, Normalized(Text("a")), new ReplyFailure(FailureKind.StreamBroken));

        reading.AssertAllClosed();
        Assert.Equal(["text:a"], reading.Blocks);
    }

    [Theory]
    [InlineData(FrontendReply.UiMessages, "text/plain; charset=utf-8", "The model endpoint is at capacity or not ready. Try again later.")]
    [InlineData(FrontendReply.AgUi, "application/json; charset=utf-8",
        """{"error":{"message":"The model endpoint is at capacity or not ready. Try again later.","type":"server_error","param":null,"code":"upstream_unavailable"}}""")]
    public async Task Failure_BeforeTheFirstChunk_KeepsItsStatus(string path, string type, string expected)
    {
        using var body = new MemoryStream();
        var response = FrontendReply.CreateResponse(path, body);

        await FrontendReply.Create(path, response).EndAsync(new ReplyEnd(new ReplyFailure(FailureKind.Unavailable), [], null));

        Assert.Equal((503, type, expected), (response.StatusCode, response.ContentType, Encoding.UTF8.GetString(body.ToArray())));
        Assert.False(response.Headers.ContainsKey("x-vercel-ai-ui-message-stream"));
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Heartbeat_BeforeTheFirstChunk_FollowsTheFirstEvent(string path)
    {
        using var body = new MemoryStream();
        var response = FrontendReply.CreateResponse(path, body);
        var reply = FrontendReply.Create(path, response);

        await reply.SendHeartbeatAsync();
        var first = Encoding.UTF8.GetString(body.ToArray());
        await reply.SendHeartbeatAsync();
        reply.Write(Encoding.UTF8.GetBytes(Chunks[0]));
        await reply.SendHeartbeatAsync();
        await reply.EndAsync(new ReplyEnd(new ReplyFailure(FailureKind.ModelSilent), [], null));

        var all = Encoding.UTF8.GetString(body.ToArray());
        Assert.EndsWith("}\n\n: keep-alive\n\n", first, StringComparison.Ordinal);
        Assert.Equal(3, all.Split(": keep-alive\n\n").Length - 1);
        Assert.Equal(["thinking:t"], FrontendReply.Read(path, all).Blocks);
        Assert.Equal("text/event-stream; charset=utf-8", response.ContentType);
        Assert.Equal(path == FrontendReply.UiMessages ? "v1" : "", response.Headers["x-vercel-ai-ui-message-stream"].ToString());
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Piece_OfACompleteCall_IsAFailure(string path)
    {
        var reading = await FrontendReply.ReadAsync(
            path, Normalized(Call(0, "c1", "f", "[]"), Call(1, "c2", "g", "{}"), Arguments(0, "x"), Stop));

        Assert.Equal(new ReplyFailure(FailureKind.CorruptStream).ToError().Message, reading.Error);
    }

    [Theory]
    [MemberData(nameof(FrontendReply.Paths), MemberType = typeof(FrontendReply))]
    public async Task Pieces_ThatWait_HaveACap(string path)
    {
        var text = Text(new string('x', 100_000));

        var reading = await FrontendReply.ReadAsync(
            path, Normalized([Call(0, "c1", "f", "{"), .. Enumerable.Repeat(text, 42), Arguments(0, "}"), Stop]));

        Assert.Equal(new ReplyFailure(FailureKind.ReplyTooLong).ToError().Message, reading.Error);
    }

    [Fact]
    public async Task Inputs_OfTools_HaveACap()
    {
        var piece = Arguments(0, new string('1', 100_000));

        var reading = await FrontendReply.ReadAsync(
            FrontendReply.UiMessages, Normalized([Call(0, "c1", "f", "["), .. Enumerable.Repeat(piece, 60), Arguments(0, "]"), Stop]));

        Assert.True(reading.Types.Count < 60); // The reply ends at the cap.
        Assert.Equal(new ReplyFailure(FailureKind.ReplyTooLong).ToError().Message, reading.Error);
    }
}
