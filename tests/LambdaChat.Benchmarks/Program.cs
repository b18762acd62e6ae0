using LambdaChat.Benchmarks.Bars;
using LambdaChat.Benchmarks.Parsers;

var ours = new Ours();
var peers = new Peers();
var sink = 0L;
var r = new Rounds(60);
var dst = new byte[8192];
const int N = 20;
var dst2 = new byte[8192];
r.Add("memcpy", () => { for (var i = 0; i < N; i++) { foreach (var x in Wire.FrameReads) { x.Span.CopyTo(dst); for (var at = 0; at + 258 <= x.Length; at += 291) { dst.AsSpan(at, 258).CopyTo(dst2); } } } });
r.Add("sse", () => { for (var i = 0; i < N; i++) { sink += ours.Reassemble(Wire.SseReads); } });
r.Add("ssep", () => { for (var i = 0; i < N; i++) { sink += peers.Reassemble(Wire.SseReads); } });
r.Add("dec", () => { for (var i = 0; i < N; i++) { sink += ours.Decode(Wire.FrameReads); } });
r.Add("decp", () => { for (var i = 0; i < N; i++) { sink += Peers.Decode(Wire.FrameReads); } });
r.Add("both", () => { for (var i = 0; i < N; i++) { sink += ours.DecodeAndReassemble(Wire.FrameReads); } });
r.Add("bothp", () => { for (var i = 0; i < N; i++) { sink += peers.DecodeAndReassemble(Wire.FrameReads); } });
var r808 = Wire.AllEvents.Chunk(808).Select(x => (ReadOnlyMemory<byte>)x).ToArray();
r.Add("sse808", () => { for (var i = 0; i < N; i++) { sink += ours.Reassemble(r808); } });
r.Run();
foreach (var n in new[] { "memcpy", "sse", "ssep", "dec", "decp", "both", "bothp", "sse808" })
{
    Console.WriteLine($"{n} {r.MedianSeconds(n) * 1e9 / N / Wire.Events:F1} ns/event");
}
Console.WriteLine($"sse {r.Ratio("ssep", "sse"):F2}x dec {r.Ratio("decp", "dec"):F1}x both {r.Ratio("bothp", "both"):F1}x memcpy {r.Ratio("both", "memcpy"):F2}x {sink}");
