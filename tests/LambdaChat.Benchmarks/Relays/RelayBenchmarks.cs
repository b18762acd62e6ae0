using BenchmarkDotNet.Attributes;
using LambdaChat.Benchmarks.Parsers;
using LambdaChat.Chat;
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
        using var payloads = new EventStreamPayloads(new ReadsStream(Wire.FrameReads));
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var relayed = new RelayedReply();
        using var relay = new ChatRelay(payloads, new ChunkEditor("r1"), context.Response, relayed);
        await relay.RunAsync(CancellationToken.None);
        return relayed.Events == Wire.Events ? relayed.Events : throw new InvalidOperationException($"{relayed.Events} of {Wire.Events} events were relayed.");
    }
}
