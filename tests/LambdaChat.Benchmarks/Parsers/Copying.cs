namespace LambdaChat.Benchmarks.Parsers;

/// <summary>What no parser can avoid: every read is copied in once and every event's bytes out once, without a look at them.</summary>
internal static class Copying
{
    private const int EventLength = 258;
    private const int FrameBytesPerEvent = 291; // 913 bytes of frame carry 808 of payload.

    private static readonly byte[] Received = new byte[8 * 1024];
    private static readonly byte[] Output = new byte[8 * 1024];

    public static void Run(ReadOnlyMemory<byte>[] reads)
    {
        foreach (var read in reads)
        {
            read.Span.CopyTo(Received);
            for (var start = 0; start + EventLength <= read.Length; start += FrameBytesPerEvent)
            {
                Received.AsSpan(start, EventLength).CopyTo(Output);
            }
        }
    }
}
