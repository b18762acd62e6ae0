using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Replies that fail, and what clients of the Responses API get from them.</summary>
public sealed class ResponseFailureTests
{
    [Fact, Trait("reported", "R15 R38")]
    public async Task Failure_InTheStream_IsAnErrorAndAFailedResponse()
    {
        var stream = ResponseReading.Of(await ResponseReply.StreamAsync([Text("x")], new ReplyFailure(FailureKind.StreamBroken)));

        Assert.Equal(["error", "response.failed"], stream.Names[^2..]);
        Assert.Equal("upstream_stream_broken", (string?)stream.Error!["code"]);
        Assert.Equal("upstream_stream_broken", (string?)stream.Error["error"]!["code"]);
        Assert.Equal("upstream_stream_broken", (string?)stream.Response["error"]!["code"]);
        Assert.Equal("incomplete", (string?)stream.Response["output"]![0]!["status"]);
    }

    /// <summary>Codex asks again after any other code.</summary>
    [Theory]
    [InlineData("content_filter", "invalid_prompt")]
    [InlineData("content_policy_violation", "invalid_prompt")]
    [InlineData("context_length_exceeded", "context_length_exceeded")]
    public async Task Refusal_InTheStream_HasTheCodeThatAgentsHeed(string code, string expected)
    {
        var failure = new ReplyFailure(FailureKind.ContainerError)
        {
            Container = new ContainerError(400, "No.", Code: code),
        };
        var stream = ResponseReading.Of(await ResponseReply.StreamAsync([Text("x")], failure));

        Assert.Equal(code, (string?)stream.Error!["code"]);
        Assert.Equal(expected, (string?)stream.Response["error"]!["code"]);
    }

    [Fact, Trait("reported", "R32")]
    public async Task Failure_BeforeTheFirstChunk_HasItsStatus()
    {
        var (status, body) = await ResponseReply.WholeAsync([], new ReplyFailure(FailureKind.Throttled));
        var stream = await ResponseReply.StreamAsync([], new ReplyFailure(FailureKind.Throttled));

        Assert.Equal(429, status);
        Assert.Equal("rate_limit_exceeded", (string?)body["error"]!["code"]);
        Assert.Equal(body.ToJsonString(), JsonNode.Parse(stream)!.ToJsonString());
    }

    [Fact]
    public async Task ReplyThatIsTooLong_Fails()
    {
        var text = Text(new string('x', 1024 * 1024));
        var stream = ResponseReading.Of(await ResponseReply.StreamAsync([text, text, text, text, text, text]));

        Assert.Equal("reply_too_long", (string?)stream.Response["error"]!["code"]);
        Assert.NotEmpty(stream.Response["output"]!.AsArray());
    }

    [Fact]
    public async Task Failure_WithoutRoomForTheOutput_IsReportedWithoutIt()
    {
        using var body = new MemoryStream();
        var reply = ResponseReply.CreateStream(ResponseReply.CreateResponse(body));
        while (reply.Write(Encoding.UTF8.GetBytes(Text(new string('x', 900_000)))))
        {
            // Nothing is flushed.
        }

        await reply.EndAsync(new LambdaChat.Relay.ReplyEnd(reply.Failure, [], null));
        var events = Encoding.UTF8.GetString(body.ToArray()).Split("\n\n")[..^1];
        var failed = JsonNode.Parse(events[^2].Split("data: ")[1])!;

        Assert.Equal("data: [DONE]", events[^1]);
        Assert.StartsWith("event: error\n", events[^3], StringComparison.Ordinal);
        Assert.Equal("reply_too_long", (string?)failed["response"]!["error"]!["code"]);
        Assert.Equal(events.Length - 2, (int)failed["sequence_number"]!);
    }

    private static string Text(string escaped) =>
        $$"""{"choices":[{"index":0,"delta":{"content":"{{escaped}}"},"finish_reason":null}]}""";
}
