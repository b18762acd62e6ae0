using System.Text.Json.Nodes;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Api;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// Made-up replies whose streams are cut at any byte, and which other servers continue: every API has the reply as if it was not cut, or a
/// part of it and a failure. The variables are those of <see cref="Fuzz"/>.
/// </summary>
public sealed class ContinuedReplyFuzzTests
{
    private const int Share = 400;

    [Fact]
    public Task Reply_OfServersThatBreak_IsWholeOrAFailure() => Fuzz.RunNumbersAsync(
        "Continuations", Share, Create, static made => CheckAsync(made.Reply, made.Servers, made.Format),
        static made => string.Join('\n', made.Servers.Sent));

    private static (GeneratedReply Reply, BreakingServers Servers, OutputFormat Format) Create(int seed)
    {
        var manners = Enum.GetValues<ContinuationManner>();
        var number = seed / manners.Length;
        var think = (ThinkMode)(number % 2);
        var reply = new GeneratedReply(number, hasBlanks: number % 3 == 0, isStarted: think == ThinkMode.Started);
        var servers = new BreakingServers(reply, seed, manners[seed % manners.Length]);
        return (reply, servers, ChunkLog.Contract(think: think) with { HasTools = true });
    }

    private static async Task CheckAsync(GeneratedReply reply, BreakingServers servers, OutputFormat format)
    {
        var (end, log) = await ContinuedReply.RunAsync(servers, format);
        var calls = log.Chunks.Exists(chunk => chunk.Contains("\"tool_calls\"", StringComparison.Ordinal));
        if (end.Failure is not null)
        {
            var isExact = servers.Manner is ContinuationManner.Exact or ContinuationManner.RepeatsMessage;
            Assert.True(calls || !isExact, $"The reply was not continued: {end.Failure}");
            Assert.StartsWith(log.Text("content"), reply.RawText, StringComparison.Ordinal);
            Assert.StartsWith(log.Text("reasoning_content").TrimEnd('\n'), reply.Thinking, StringComparison.Ordinal);
            Assert.DoesNotContain(log.Chunks, chunk => JsonNode.Parse(chunk)!["choices"] is JsonArray { Count: > 0 } choices
                && choices[0]!["finish_reason"] is not null);
            return;
        }

        Assert.False(servers is { Manner: ContinuationManner.NewAnswer, HasContinued: true });
        Assert.Single(log.Chunks.Select(chunk => JsonNode.Parse(chunk)!["id"]!.ToJsonString()).Distinct());
        Assert.True(log.Chunks.Count(chunk => chunk.Contains("\"role\"", StringComparison.Ordinal)) <= 1, "role");
        var completion = RecordedReply.OfCompletion(TranslatedReply.Aggregate(log.Chunks));
        var expected = new RecordedReply(
            reply.Thinking, reply.Text, reply.Calls, reply.Finish == "stop" && reply.Calls.Count > 0 ? "tools" : reply.Finish,
            (int?)end.Usage?.Prompt ?? 0, (int?)end.Usage?.Completion ?? 0).ToString();
        Assert.Equal(servers.Usage ?? end.Usage, end.Usage);
        Assert.Equal(expected, WithoutBlanks(completion));
        foreach (var api in RecordedReply.Apis)
        {
            Assert.Equal(expected, WithoutBlanks(await RecordedReply.ReadAsync(api, log.Chunks)));
        }
    }

    private static string WithoutBlanks(RecordedReply reply) => (reply with { Text = reply.Text.TrimStart('\n') }).ToString();
}
