using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Streaming.EventStream;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.Relay;

/// <summary>The bytes that one payload of a model server can cause. Counted, not timed.</summary>
public sealed class RelayRunLimitTests
{
    private const int Records = 10_000;

    [Fact]
    public async Task Relay_ManyRecordsInOneFrame_IsFlushedBySize()
    {
        var record = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
        var (measurements, _, body) = await RelayAsync(string.Concat(Enumerable.Repeat(record, Records)));

        Assert.Equal(Records, measurements.Events);
        Assert.InRange(measurements.MaxUnflushedBytes, 1, 72 * 1024);
        Assert.Equal(Records, Count(body, "\"content\":\"a\""));
    }

    [Fact]
    public async Task Relay_DocumentOfManyChoices_IsFlushedBySize()
    {
        var text = new string('a', 1024 * 1024);
        var choices = Enumerable.Range(0, 30).Select(i => $$"""{"index":{{i}},"message":{"content":"{{text}}"},"finish_reason":"stop"}""");
        var document = $$"""{"choices":[{{string.Join(',', choices)}}]}""";
        var (measurements, failure, body) = await RelayAsync(30, [.. document.Chunk(512 * 1024).Select(part => new string(part))]);

        Assert.Null(failure);
        Assert.Equal(30, Count(body, text));
        Assert.InRange(measurements.MaxUnflushedBytes, 1, (64 * 1024) + text.Length + 1024);
    }

    [Fact]
    public async Task Relay_ChoiceBeyondTheBuffer_EndsAsTooLong()
    {
        var text = new string('a', 25 * 1024 * 1024);
        var document = $$"""{"choices":[{"index":0,"message":{"content":"{{text}}"},"finish_reason":"stop"}]}""";
        var (_, failure, body) = await RelayAsync([.. document.Chunk(512 * 1024).Select(part => new string(part))]);

        Assert.Equal(FailureKind.ReplyTooLong, failure?.Kind);
        Assert.InRange(body.Length, 0, 24 * 1024 * 1024);
    }

    [Fact]
    public async Task Relay_LongId_IsReplaced()
    {
        var first =
            $$"""data: {"id":"{{new string('x', 900_000)}}","model":"{{new string('m', 90_000)}}","choices":[{"index":0,"delta":{"content":"a"} }]}""" + "\n\n";
        var (_, _,
            body) = await RelayAsync(first +
                string.Concat(Enumerable.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\n", 1000)));

        Assert.InRange(body.Length, 1, 300 * 1024);
    }

    [Fact]
    public async Task Relay_EventAboveTheCap_EndsAsTooLong()
    {
        var first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
        var part = new string('x', 512 * 1024);
        var (measurements, failure, _) = await RelayAsync(first, "data: {" + part, part, first);

        Assert.Equal(FailureKind.RecordTooLong, failure?.Kind);
        Assert.Equal(1, measurements.Events);
    }

    private static Task<(ReplyMeasurements Measurements, ReplyFailure? Failure, string Body)> RelayAsync(params string[] payloads) =>
        RelayAsync(choices: 1, payloads);

    private static async Task<(ReplyMeasurements Measurements, ReplyFailure? Failure, string Body)> RelayAsync(
        int choices, string[] payloads)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var format = new OutputFormat("r1", OutputFormat.ChatChunk, "own", 1) { Choices = choices };
        var reply = new SseReply(context.Response, format);
        using var upstream = new EventStreamPayloadReader(new MemoryStream([.. payloads.SelectMany(Frames.Part)]));
        var model = new Model("r1", [], "");
        var measurements = new ReplyMeasurements(model, ModelTasks.Chat, TimeProvider.System);
        var settings = new RelaySettings(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await using var run = new RelayRun(
            context, new RelayRequest(model, CallMode.Stream, [], format), reply, measurements, settings, TimeProvider.System,
                NullLogger.Instance);
        var failure = await run.RelayAsync(upstream);
        return (measurements, failure, Encoding.UTF8.GetString(body.ToArray()));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
