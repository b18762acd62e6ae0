using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Lambda;

/// <summary>
/// Replies longer than a response of Lambda may be. They end as failures that clients can read, never as function errors.
/// </summary>
public sealed class LambdaReplyLimitTests : LambdaServerTest
{
    private const int MaximumBuffered = 6 * 1024 * 1024;

    [Theory]
    [InlineData("plain")]
    [InlineData("\\\"quoted\\\"\\n")]
    [InlineData("ünïcödé😀")]
    public async Task Buffered_StreamAboveSixMebibytes_EndsWithAnError(string text)
    {
        var failure = new TaskCompletionSource<FailureKind?>();
        await using var function = await FunctionUnderTest.StartAsync(
            Api.Environment(isSamLocal: true),
                async context => failure.SetResult(await StreamAsync(context.Response, text, flushes: true)));
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = await Api.ReceiveAsync();
        var json = await response.ReadBodyAsync();

        Assert.EndsWith("/id-1/response HTTP/1.1", response.Line, StringComparison.Ordinal);
        Assert.InRange(json.Length, MaximumBuffered * 3 / 4, MaximumBuffered);
        var body = (string)JsonNode.Parse(json)!["body"]!;
        Assert.Contains("\"code\":\"reply_too_long\"", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Equal(FailureKind.ReplyTooLong, await failure.Task);
    }

    [Theory]
    [InlineData(7_000_000, "a")]
    [InlineData(3_500_000, "\"")]
    [InlineData(1_200_000, "\u0001")]
    public async Task Buffered_DocumentAboveSixMebibytes_IsAnError(int length, string character)
    {
        var failure = new TaskCompletionSource<FailureKind?>();
        await using var function = await FunctionUnderTest.StartAsync(
            Api.Environment(isSamLocal: true),
            async context =>
                failure.SetResult(
                    (await new JsonResponse(context.Response).EndAsync(null, Document(length, character)))?.Kind));
        await Api.GiveAsync(FunctionUnderTest.Get);

        var response = JsonNode.Parse(await (await Api.ReceiveAsync()).ReadBodyAsync())!;

        Assert.Equal(502, (int)response["statusCode"]!);
        Assert.Contains("\"code\":\"reply_too_long\"", (string)response["body"]!, StringComparison.Ordinal);
        Assert.Equal(FailureKind.ReplyTooLong, await failure.Task);
    }

    [Theory]
    [InlineData(6_000_000, "a")]
    [InlineData(3_000_000, "\"")]
    [InlineData(1_000_000, "\u0001")]
    public async Task Buffered_DocumentBelowSixMebibytes_IsSent(int length, string character)
    {
        await using var function = await FunctionUnderTest.StartAsync(
            Api.Environment(isSamLocal: true),
            async context => await new JsonResponse(context.Response).EndAsync(null, Document(length, character)));
        await Api.GiveAsync(FunctionUnderTest.Get);

        var json = await (await Api.ReceiveAsync()).ReadBodyAsync();

        Assert.InRange(json.Length, length, MaximumBuffered);
        Assert.Equal((200, length), ((int)JsonNode.Parse(json)!["statusCode"]!, ((string)JsonNode.Parse(json)!["body"]!).Length));
    }

    [Fact]
    public async Task Streamed_MoreThanTheBufferBetweenFlushes_EndsWithAnError()
    {
        var failure = new TaskCompletionSource<FailureKind?>();
        await using var function = await FunctionUnderTest.StartAsync(
            Api.Environment(),
            async context => failure.SetResult(await StreamAsync(context.Response, "plain", flushes: false)),
            new FakeTimeProvider()); // No flush comment follows the end.
        await Api.GiveAsync(FunctionUnderTest.Get);

        var body = await (await Api.ReceiveAsync()).ReadChunksAsync();

        Assert.StartsWith("{\"statusCode\":200,", body, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"reply_too_long\"", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Equal(FailureKind.ReplyTooLong, await failure.Task);
    }

    private static async Task<FailureKind?> StreamAsync(Microsoft.AspNetCore.Http.HttpResponse response, string text, bool flushes)
    {
        var reply = new SseReply(response, new OutputFormat("r1", OutputFormat.ChatChunk, "own", 1));
        var content = string.Concat(Enumerable.Repeat(text, 10_000 / text.Length));
        var chunk = Encoding.UTF8.GetBytes($$"""{"choices":[{"index":0,"delta":{"content":"{{content}}"} }]}""");
        for (var i = 0; i < 10_000 && reply.Write(chunk); i++)
        {
            Assert.True(!flushes || await reply.FlushAsync(CancellationToken.None));
        }

        await reply.EndAsync(new ReplyEnd(reply.Failure, "\"own\""u8.ToArray(), null));
        return reply.Failure?.Kind;
    }

    private static ReadOnlyMemory<byte>[] Document(int length, string character) =>
        [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, length)))];
}
