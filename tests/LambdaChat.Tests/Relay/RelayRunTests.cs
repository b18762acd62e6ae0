using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Tests.Relay;

public sealed partial class RelayRunTests : IDisposable
{
    private const string Comment = ": keep-alive\n\n";
    private const string Token =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
    private const string Role =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n";
    private const string Finish = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Abort = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"abort\"}]}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private readonly ObservedTime _time = new(TimeSpan.FromSeconds(0.25));
    private readonly ScriptedPayloads _first = new();
    private readonly ScriptedPayloads _second = new();
    private readonly ReplyProducer _writer = new();
    private readonly DefaultHttpContext _context = new();
    private readonly ScriptedResponses _endpoints;
    private RelaySettings _settings = new(TimeSpan.Zero, TimeSpan.Zero);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _time.Dispose();
    }

    public RelayRunTests() =>
        _endpoints = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { ["a"] = _first, ["b"] = _second });

    [Fact]
    public async Task Silence_AfterTheFirstRecord_EndsTheReplyAfter60Seconds()
    {
        var end = Start();
        await _first.ReadingAsync();
        _time.Advance(TimeSpan.FromHours(1)); // Before it, the model may take any time.
        await _first.GiveAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(59));
        await _first.GiveAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.False(end.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(FailureKind.ModelSilent, (await end).Failure?.Kind);
        Assert.Equal(2, _writer.Chunks.Count);
        Assert.Equal(["a"], _endpoints.Called);
    }

    [Fact]
    public async Task Silence_WithIdleSeconds_EndsTheReplyAfterThem()
    {
        var end = Start(idleSeconds: 5);
        await _first.ReadingAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(FailureKind.ModelSilent, (await end).Failure?.Kind);
        Assert.Empty(_writer.Chunks);
    }

    [Fact]
    public async Task Comments_BeforeTheFirstRecord_AreSignsOfLife()
    {
        var end = Start(idleSeconds: 30);
        await _first.ReadingAsync();
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(29));
            await _first.GiveAsync(Comment);
        }

        await _first.GiveAsync(Token);
        await _first.GiveAsync(Finish);
        _first.Give(Done);

        Assert.Null((await end).Failure);
    }

    [Fact]
    public async Task Comments_AfterTheFirstRecord_AreNone()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(40));
        await _first.GiveAsync(Comment);
        Assert.False(end.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(FailureKind.ModelSilent, (await end).Failure?.Kind);
    }

    [Fact]
    public async Task Silence_AfterTheFinishReason_LosesNothing()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(Token + Finish);
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Null((await end).Failure);
        Assert.Equal(2, _writer.Chunks.Count);
    }

    [Fact]
    public async Task Failure_AfterTheFirstChunk_IsTheReplys()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync(Token);
        _first.Give(Abort);

        Assert.Equal(FailureKind.ModelAborted, (await end).Failure?.Kind);
        Assert.Equal(["a"], _endpoints.Called);
    }

    [Fact]
    public async Task Failure_AfterTheRoleAlone_IsOfTheTarget()
    {
        var end = Start();
        await _first.ReadingAsync();
        await _first.GiveAsync("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n");
        _first.Give(Abort);
        await _second.ReadingAsync();
        _second.Give(Token + Finish + Done);

        Assert.Null((await end).Failure);
        Assert.Equal(["a", "b"], _endpoints.Called);
        Assert.Equal(2, _writer.Chunks.Count);
    }

    [Fact]
    public async Task Error_OfTheCaller_IsNotAskedAgain()
    {
        var end = Start();
        await _first.ReadingAsync();
        _first.Give("data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\n");

        Assert.Equal((FailureKind.ContainerError, 400), ((await end).Failure!.Kind, (await end).Failure!.Container!.Status));
        Assert.Equal(["a"], _endpoints.Called);
    }

    [Theory]
    [InlineData(Token, FailureKind.NoFinishReason)]
    [InlineData("data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\n", FailureKind.ContainerError)]
    internal async Task WholeReply_OtherFailure_IsNotAskedForAgain(string record, FailureKind expected)
    {
        var end = Start(canAskWithoutStream: true);
        await _first.ReadingAsync();
        if (record == Token)
        {
            await _first.GiveAsync(record);
            _first.End();
        }
        else
        {
            _first.Give(record);
        }

        Assert.Equal(expected, (await end).Failure?.Kind);
        Assert.Equal(["a"], _endpoints.Called);
    }

    [Fact]
    public async Task Client_ThatHasGone_EndsTheReply()
    {
        _writer.IsGone = true;
        var end = Start();
        await _first.ReadingAsync();
        _first.Give(Token);

        Assert.Equal(FailureKind.ClientGone, (await end).Failure?.Kind);
    }

    private Task<ReplyEnd> Start(
        int? idleSeconds = null, bool canAskWithoutStream = false, int targetCount = 2, Func<RelayRequest, RelayRequest>? change = null)
    {
        Target[] endpoints = [new Target("a", null, null, "eu-west-1"), new Target("b", null, null, "eu-west-1")];
        var model = new Model("r1", endpoints[..targetCount], "")
        {
            IdleTimeout = idleSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var request = new RelayRequest(model, CallMode.Stream, [], ChunkLog.Contract())
        {
            BodyWithoutStream = canAskWithoutStream
            ? () => []
            : null
        };
        request = change?.Invoke(request) ?? request;
        var measurements = new ReplyMeasurements(model, ModelTasks.Chat, _time);
        var targets = new TargetCaller(_endpoints, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        return RunAsync();

        async Task<ReplyEnd> RunAsync()
        {
            await using var run = new RelayRun(_context, request, _writer, measurements, _settings, _time,
                NullLogger.Instance);
            return await run.RunAsync(targets);
        }
    }
}
