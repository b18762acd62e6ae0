using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Relay;

/// <summary>Replies whose end cannot be written. The model has worked, so each has an outcome.</summary>
public sealed class ReplyRelayTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _disconnection = new();

    public void Dispose() => _disconnection.Dispose();

    [Theory]
    [InlineData(false, FailureKind.Internal)]
    [InlineData(true, FailureKind.ClientGone)]
    internal async Task Run_EndThatCannotBeWritten_IsABrokenOutcome(bool isDisconnected, FailureKind expected)
    {
        var payloads = new ScriptedPayloads();
        var run = RunAsync(payloads, new UnwritableStream(isDisconnected ? _disconnection : null));
        await payloads.ReadingAsync();
        payloads.Give("""data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n");

        var outcome = await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.True(outcome.IsBroken);
        Assert.Equal(expected, outcome.Failure?.Kind);
    }

    private Task<ReplyOutcome> RunAsync(ScriptedPayloads payloads, Stream body)
    {
        var context = new DefaultHttpContext { RequestAborted = _disconnection.Token };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var endpoints = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { ["a"] = payloads });
        var targets = new TargetCaller(endpoints, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var relay = new ReplyRelay(targets, new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), NullLogger<ReplyRelay>.Instance, _time);
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "");
        var request = new RelayRequest(model, CallMode.Stream, [], ChunkLog.Contract());
        return relay.RunAsync(context, request, new AggregatedReply(context.Response, sendsHeartbeats: false));
    }

    /// <summary>The body of a response whose client may have disconnected.</summary>
    private sealed class UnwritableStream(CancellationTokenSource? disconnection) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            disconnection?.Cancel();
            return ValueTask.FromException(disconnection is null ? new IOException() : new OperationCanceledException());
        }
    }
}
