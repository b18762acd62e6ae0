using BenchmarkDotNet.Attributes;
using LambdaChat.Benchmarks.Parsers;
using LambdaChat.Chat.Chunks;
using LambdaChat.Chat.Records;
using LambdaChat.Chat.Replies;
using LambdaChat.Models;
using LambdaChat.SageMaker;
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
        var contract = new ChunkContract("r1", ChunkContract.ChatChunk, "own", 1);
        var reply = new StreamedReply(context.Response, contract);
        using var payloads = new EventStreamPayloads(new ReadsStream(Wire.FrameReads));
        using var records = new RecordReader(RecordFraming.Auto);
        await using var keepAlive = new KeepAlive(new ReplySettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)), TimeProvider.System, reply.BeatAsync);
        var model = new Model("r1", [], "");
        var measured = new MeasuredReply(model, ModelTasks.Chat, TimeProvider.System);
        using var limits = new ReplyLimits(model, permit: null, TimeProvider.System, CancellationToken.None);
        var loop = new RelayLoop(payloads, records, new ChunkEditor(contract, reply), reply, keepAlive, limits, measured);
        await loop.RunAsync(CancellationToken.None);
        return measured.Events == Wire.Events ? measured.Events : throw new InvalidOperationException($"{measured.Events} of {Wire.Events} events were relayed.");
    }
}
