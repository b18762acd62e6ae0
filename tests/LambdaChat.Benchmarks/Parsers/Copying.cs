namespace LambdaChat.Benchmarks.Parsers;

/// <summary>
/// The work that no parser can avoid: each read is copied in once, and the bytes of each event are copied out once, unparsed.
/// </summary>
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
