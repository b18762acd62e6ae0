using LambdaChat.Benchmarks.Parsers;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>Compares the two parsers with equivalent code, in one process and one run.</summary>
internal static class ParserBars
{
    private const string Times = "0.0 ×";
    private const string Bytes = "0 B";
    private const int Repeats = 20;
    private const int LongLine = 1024 * 1024 - 16;
    private const int ShortLine = 64 * 1024;

    public static IReadOnlyList<Bar> Measure(int rounds)
    {
        var peers = new Peers();
        using var ours = new Ours();
        var race = new Rounds(rounds);
        race.Add("memcpy", () => Repeat(() => Copying.Run(Wire.FrameReads)));
        race.Add("reassembler", () => Repeat(() => ours.Reassemble(Wire.SseReads)));
        race.Add("SseParser", () => Repeat(() => peers.Reassemble(Wire.SseReads)));
        race.Add("decoder", () => Repeat(() => ours.Decode(Wire.FrameReads)));
        race.Add("AWSSDK", () => Repeat(() => Peers.Decode(Wire.FrameReads)));
        race.Add("both", () => Repeat(() => ours.DecodeAndReassemble(Wire.FrameReads)));
        race.Add("AWSSDK + SseParser", () => Repeat(() => peers.DecodeAndReassemble(Wire.FrameReads)));
        race.Run();
        return
        [
            new Bar("reassembler, times as fast as `SseParser`", race.Ratio("SseParser", "reassembler"), Times, 1.4, IsAtLeast: true,
                "1.8 ×"),
            new Bar("frame decoder, times as fast as AWSSDK.Core's", race.Ratio("AWSSDK", "decoder"), Times, 20, IsAtLeast: true, "30 ×"),
            new Bar("both, times as fast as AWSSDK.Core's and `SseParser`", race.Ratio("AWSSDK + SseParser", "both"), Times, 12,
                IsAtLeast: true, "18 ×"),
            new Bar("both, in the time of copying the bytes in and out", race.Ratio("both", "memcpy"), Times, 8, IsAtLeast: false, "5 ×"),
            new Bar("both, allocated per event", Allocated(() => ours.DecodeAndReassemble(Wire.FrameReads)), Bytes, 0, IsAtLeast: false,
                "0 B"),
            new Bar("one line in pieces of four bytes: time a byte at 1 MiB, times that at 64 KiB", MeasureDrip(rounds), Times, 1.5,
                IsAtLeast: false, "1.0 ×"),
            .. MeasureChunks(rounds),
        ];
    }

    private static IEnumerable<Bar> MeasureChunks(int rounds)
    {
        var race = new Rounds(rounds);
        foreach (var records in Records.All)
        {
            race.Add(records.Name, () => Repeat(() => records.Edit()));
            race.Add("reading " + records.Name, () => Repeat(() => records.Read()));
        }

        race.Run();
        foreach (var records in Records.All)
        {
            yield return new Bar($"{records.Name}, in the time of one `Utf8JsonReader` pass",
                race.Ratio(records.Name, "reading " + records.Name), Times, 2, IsAtLeast: false, "1.5 ×");
            // A reply with a continuation keeps its text in a buffer that doubles.
            var (limit, aim) = records.KeepsText ? (64, "32 B") : (0, "0 B");
            yield return new Bar($"{records.Name}, allocated", Allocated(() => records.Edit()), Bytes, limit, IsAtLeast: false, aim);
        }
    }

    private static void Repeat(Action work)
    {
        for (var i = 0; i < Repeats; i++)
        {
            work();
        }
    }

    private static double Allocated(Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Wire.Events;
    }

    private static double MeasureDrip(int rounds)
    {
        using var ours = new Ours();
        var (longer, shorter) = (Wire.Drip(LongLine), Wire.Drip(ShortLine));
        var race = new Rounds(rounds);
        race.Add("long", () => ours.Reassemble(longer));
        race.Add("short", () =>
        {
            for (var i = 0; i < LongLine / ShortLine; i++)
            {
                ours.Reassemble(shorter);
            }
        });
        race.Run();
        return race.Ratio("long", "short") * ShortLine * (LongLine / ShortLine) / LongLine;
    }
}
