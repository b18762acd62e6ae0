namespace LambdaChat.Relay.Chunks;

/// <summary>
/// A hash of the arguments of a tool call. It does not depend on the cuts between the pieces.
/// Source: FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
/// </summary>
internal record struct ArgumentsHash(ulong Value, int Length)
{
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        foreach (var b in bytes)
        {
            Value = (Value ^ b) * 1099511628211;
        }
    }
}
