namespace LambdaChat.Tests.Support;

/// <summary>
/// Every way in which a test cuts bytes: whole, in two at every offset, and one byte at a time. Each piece is handed over inside a larger
/// array of guard bytes, and overwritten once it was used, so that a read past its end or a kept reference fails the test.
/// </summary>
internal static class Cuts
{
    private const byte Guard = 0xFF;
    private const int GuardLength = 8;

    public static IEnumerable<IEnumerable<ReadOnlyMemory<byte>>> Of(ReadOnlyMemory<byte> bytes)
    {
        yield return Guarded([bytes]);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            yield return Guarded([bytes[..cut], bytes[cut..]]);
        }

        yield return Guarded(Enumerable.Range(0, bytes.Length).Select(i => bytes.Slice(i, 1)));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Guarded(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        foreach (var piece in pieces)
        {
            var larger = new byte[piece.Length + (2 * GuardLength)];
            Array.Fill(larger, Guard);
            piece.CopyTo(larger.AsMemory(GuardLength));
            yield return larger.AsMemory(GuardLength, piece.Length);
            Array.Fill(larger, Guard);
        }
    }
}
