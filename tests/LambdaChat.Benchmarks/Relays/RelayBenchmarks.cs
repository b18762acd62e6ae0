using BenchmarkDotNet.Attributes;
using LambdaChat.Api.Replies;
using LambdaChat.Benchmarks.Parsers;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
        using var records = new RecordReader(RecordFraming.Auto);
        await using var heartbeat = new Heartbeat(new RelaySettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)), TimeProvider.System, reply.SendHeartbeatAsync);
        var model = new Model("r1", [], "");
        var measurements = new ReplyMeasurements(model, ModelTasks.Chat, TimeProvider.System);
        using var timeouts = new ReplyTimeouts(model, admission: null, TimeProvider.System, CancellationToken.None);
        var loop = new RelayRun(payloads, records, new ChunkEditor(format, reply), reply, heartbeat, timeouts, measurements);
        await loop.RunAsync(CancellationToken.None);
        return measurements.Events == Wire.Events ? measurements.Events : throw new InvalidOperationException($"{measurements.Events} of {Wire.Events} events were relayed.");
    }
}
