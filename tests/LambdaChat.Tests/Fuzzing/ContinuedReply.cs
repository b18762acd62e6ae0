using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>Runs a reply of <see cref="BreakingServers"/>, and records what the client receives.</summary>
internal sealed class ContinuedReply : IReplyWriter
{
    public List<string> Chunks { get; } = [];

    public ReplyFailure? Failure => null;

    public long UnflushedBytes => 0;

    public long SentBytes => 0;

    public bool SendsHeartbeats => true;

    public bool MustAbort => false;

    /// <summary>The finish reasons that the client receives.</summary>
    public IReadOnlyList<string> Finishes =>
        [.. Choices.Select(choice => (string?)choice["finish_reason"]).Where(reason => reason is not null).Select(reason => reason!)];

    /// <summary>The text of a text completion.</summary>
    public string Completion => string.Concat(Choices.Select(choice => (string?)choice["text"]));

    private IEnumerable<JsonNode> Choices =>
        Chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray()).Select(choice => choice!);

    public static async Task<(ReplyEnd End, ContinuedReply Reply)> RunAsync(BreakingServers servers, OutputFormat format)
    {
        var reply = new ContinuedReply();
        var time = new FakeTimeProvider();
        var continuation = new TargetContinuation(ContinuationMode.Vllm, ContinuesThinking: true);
        var model = new Model("r1", [.. "abcd".Select(name =>
            new Target(name.ToString(), null, null, "eu-west-1") { Continuation = continuation })], "");
        var request = new RelayRequest(model, CallMode.Stream, [], format)
        {
            ContinuedBody = servers.Continue,
        };
        var caller = new TargetCaller(servers, new TargetHealth(time), new RetrySettings(TimeSpan.FromSeconds(20)), time);
        await using var run = new RelayRun(
            new DefaultHttpContext(), request, reply, new ReplyMeasurements(model, ModelTasks.Chat, time),
            new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), time, NullLogger.Instance);
        return (await run.RunAsync(caller), reply);
    }

    /// <summary>The texts of a member of all deltas, joined.</summary>
    public string Text(string member) => string.Concat(Choices.Select(choice => (string?)choice["delta"]![member]));

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        Chunks.Add(Encoding.UTF8.GetString(chunk));
        return true;
    }

    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => new(true);

    public ValueTask SendHeartbeatAsync() => ValueTask.CompletedTask;

    public Task EndAsync(ReplyEnd end) => Task.CompletedTask;
}
