using LambdaChat.Streaming.Sse;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>The readers of <c>text/event-stream</c> and of JSON lines: any bytes, and the same result however they are cut.</summary>
public sealed class SseFuzzTests
{
    private const int MaximumLength = 1200;

    [Fact]
    public void Reassembler_AnyBytes_AreEventsOrATypedError() => Fuzz.Run("Sse", Make, made => Run(made, ReadEvents), Bound);

    [Fact]
    public void JsonLines_AnyBytes_AreLinesOrATypedError() => Fuzz.Run("JsonLines", Make, made => Run(made, ReadLines), Bound);

    private static Case Make(Mutator mutator)
    {
        var bytes = mutator.Next(Corpora.Transcripts, MaximumLength);
        return new Case(bytes, mutator.Cut(bytes.Length), mutator.Pick([40, 300, MaximumLength * 4]),
            mutator.Pick([40, 300, MaximumLength * 4]));
    }

    private static long Bound(Case made) => 32_768 + (8L * made.Bytes.Length);

    private static void Run(Case made, Action<Case, int[], Digest> read)
    {
        var (whole, cut) = (new Digest(), new Digest());
        read(made, [made.Bytes.Length], whole);
        read(made, made.Cuts, cut);

        Assert.Equal(whole.ToString(), cut.ToString());
    }

    private static void ReadEvents(Case made, int[] cuts, Digest digest)
    {
        using var reassembler = new SseReassembler(made.LineCap, made.EventCap);
        ReadOnlySpan<byte> bytes = made.Bytes;
        try
        {
            foreach (var cut in cuts)
            {
                var piece = bytes[..cut];
                bytes = bytes[cut..];
                while (reassembler.TryRead(ref piece, out var sseEvent))
                {
                    Add(digest, sseEvent, made);
                }

                Assert.True(piece.IsEmpty);
            }

            if (reassembler.TryReadUnfinished(out var unfinished))
            {
                Add(digest, unfinished, made);
            }

            digest.Add(BitConverter.GetBytes(reassembler.ReconnectionTime ?? -1));
        }
        catch (SseLimitException exception)
        {
            digest.Failure = exception.Limit.ToString();
        }
    }

    private static void Add(Digest digest, SseEvent sseEvent, Case made)
    {
        Assert.True(digest.Count <= 3 * made.Bytes.Length && sseEvent.Data.Length <= made.EventCap);
        digest.Add(sseEvent.Type);
        digest.Add(sseEvent.Data);
        digest.Add(sseEvent.LastEventId);
    }

    private static void ReadLines(Case made, int[] cuts, Digest digest)
    {
        using var reader = new JsonLinesReader(made.LineCap);
        ReadOnlySpan<byte> bytes = made.Bytes;
        try
        {
            foreach (var cut in cuts)
            {
                var piece = bytes[..cut];
                bytes = bytes[cut..];
                while (reader.TryRead(ref piece, out var line))
                {
                    Assert.True(digest.Count <= made.Bytes.Length && line.Length > 0 && line.Length <= made.LineCap);
                    digest.Add(line);
                }

                Assert.True(piece.IsEmpty);
            }

            if (reader.TryReadUnfinished(out var unfinished))
            {
                digest.Add(unfinished);
            }
        }
        catch (SseLimitException exception)
        {
            digest.Failure = exception.Limit.ToString();
        }
    }

    private sealed record Case(byte[] Bytes, int[] Cuts, int LineCap, int EventCap);
}
