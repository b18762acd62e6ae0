using BenchmarkDotNet.Attributes;

namespace LambdaChat.Benchmarks.Parsers;

/// <summary>Frames and events, per event of 258 bytes.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    private readonly Ours _ours = new();
    private readonly Peers _peers = new();

    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public long SseParser() => _peers.Reassemble(Wire.SseReads);

    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public long Reassembler() => _ours.Reassemble(Wire.SseReads);

    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public long AwssdkDecoder() => Peers.Decode(Wire.FrameReads);

    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public long Decoder() => _ours.Decode(Wire.FrameReads);

    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public long AwssdkDecoderAndSseParser() => _peers.DecodeAndReassemble(Wire.FrameReads);

    [Benchmark(OperationsPerInvoke = Wire.Events)]
    public long DecoderAndReassembler() => _ours.DecodeAndReassemble(Wire.FrameReads);

    [GlobalCleanup]
    public void Cleanup() => _ours.Dispose();
}
