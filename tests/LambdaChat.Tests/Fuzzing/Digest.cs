using System.IO.Hashing;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>The output of a parser as a checksum that allocates no memory. Equal checksums mean equal parts in the same order.</summary>
internal sealed class Digest
{
    private ulong _sum;

    /// <summary>How many parts there were.</summary>
    public int Count { get; private set; }

    /// <summary>What ended it before its end; null if nothing did.</summary>
    public string? Failure { get; set; }

    public void Add(ReadOnlySpan<byte> part)
    {
        _sum = (_sum * 0x9E3779B97F4A7C15) + XxHash3.HashToUInt64(part) + 1;
        Count++;
    }

    public override string ToString() => $"{Count} parts, {_sum:x16}, {Failure ?? "whole"}";
}
