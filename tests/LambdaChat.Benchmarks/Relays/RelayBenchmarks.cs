using BenchmarkDotNet.Attributes;
using LambdaChat.Api.Replies;
using LambdaChat.Benchmarks.Parsers;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace LambdaChat.Benchmarks.Relays;

/// <summary>The relay loop from the upstream body to the response's writer, per event of 258 bytes, without sockets.</summary>
[MemoryDiagnoser]
public class RelayBenchmarks
{
    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public async Task<int> Relay()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var format = new OutputFormat("r1", OutputFormat.ChatChunk, "own", 1);
        var reply = new SseReply(context.Response, format);
        using var payloads = new EventStreamPayloadReader(new ReadsStream(Wire.FrameReads));
        var settings = new RelaySettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        var model = new Model("r1", [], "");
        var measurements = new ReplyMeasurements(model, ModelTasks.Chat, TimeProvider.System);
        var request = new RelayRequest(model, CallMode.Stream, [], format);
        await using var run = new RelayRun(context, request, reply, measurements, settings, TimeProvider.System, NullLogger.Instance);
        await run.RelayAsync(payloads);
        return measurements.Events == Wire.Events
            ? measurements.Events
            : throw new InvalidOperationException($"{measurements.Events} of {Wire.Events} events were relayed.");
    }
}
