using LambdaChat.Failures;
using static LambdaChat.Tests.Api.Messages.MessageRecords;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Replies of the Messages API that fail, each streamed and whole.</summary>
public sealed class MessageFailureTests
{
    [Fact, Trait("reported", "M6 M26")]
    public async Task Failure_AfterText_IsAnErrorEvent()
    {
        var body = await MessageReply.StreamAsync(Normalized(Text("x")), new ReplyFailure(FailureKind.StreamBroken));
        var reading = MessageReading.Of(body);

        Assert.Equal(["message_start", "content_block_start", "content_block_delta", "error"], reading.Names);
        Assert.Equal(
            """{"type":"error","error":{"type":"api_error","message":"The model server closed the connection before the reply was complete."},"request_id":"req-1"}""",
            reading.Error!.ToJsonString());
    }

    /// <summary>Clients get all that arrived, as in the other APIs.</summary>
    [Fact]
    public async Task Failure_WithinACall_ComesAfterTheBlocksThatWait()
    {
        var body = await MessageReply.StreamAsync(
            Normalized(Call(0, "c1", "f", "{\\\"a\\\""), Text("Let me check that."), Call(1, "c2", "g", "{")),
            new ReplyFailure(FailureKind.StreamBroken));
        var reading = MessageReading.Of(body);

        Assert.Contains("Let me check that.", body, StringComparison.Ordinal);
        Assert.Equal(3, reading.Names.Count(name => name == "content_block_start"));
        Assert.Equal(["content_block_stop", "error"], reading.Names[^2..]);
    }

    [Fact]
    public async Task Failure_OfAWholeReply_HasItsStatus()
    {
        var (status, body) = await MessageReply.WholeAsync(Normalized(Text("x")), new ReplyFailure(FailureKind.Unavailable));

        Assert.Equal((529, "overloaded_error"), (status, (string?)body["error"]!["type"]));
    }

    [Fact]
    public async Task Piece_OfACompleteCall_IsAFailure()
    {
        string[] chunks = [Call(0, "c1", "f", "[]"), Call(1, "c2", "g", "{}"), Arguments(0, " "), Arguments(0, "x"), Stop];

        var reading = MessageReading.Of(await MessageReply.StreamAsync(Normalized(chunks)));
        var (status, _) = await MessageReply.WholeAsync(Normalized(chunks));

        Assert.Equal("api_error", (string?)reading.Error!["error"]!["type"]);
        Assert.Equal(502, status);
    }

    [Fact]
    public async Task Pieces_ThatWait_HaveACap()
    {
        var text = Text(new string('x', 100_000));
        var chunks = Normalized([Call(0, "c1", "f", "{"), .. Enumerable.Repeat(text, 42)]);

        var reading = MessageReading.Of(await MessageReply.StreamAsync(chunks));
        var (status, _) = await MessageReply.WholeAsync(chunks);

        Assert.Equal("api_error", (string?)reading.Error!["error"]!["type"]);
        Assert.Equal(502, status);
    }

    [Fact]
    public async Task Whole_BeyondTheCap_IsAFailure()
    {
        var text = Text(new string('x', 1_000_000));
        var (status, body) = await MessageReply.WholeAsync(Normalized([.. Enumerable.Repeat(text, 17), Stop]));

        Assert.Equal((502, "api_error"), (status, (string?)body["error"]!["type"]));
    }
}
