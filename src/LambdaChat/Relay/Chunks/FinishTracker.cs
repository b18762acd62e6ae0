using System.Numerics;

namespace LambdaChat.Relay.Chunks;

/// <summary>Which choices of a reply have begun and which have ended. OpenAI's <c>n</c> is at most 128.</summary>
internal struct FinishTracker
{
    // Words, and neither Int128 nor tuples: ReadyToRun leaves the methods of those to the JIT compiler.
    private ulong _begunLow;
    private ulong _begunHigh;
    private ulong _finishedLow;
    private ulong _finishedHigh;

    /// <summary>True once there was a choice and each that began has its finish reason.</summary>
    public readonly bool IsComplete => (_begunLow | _begunHigh) != 0 && _begunLow == _finishedLow && _begunHigh == _finishedHigh;

    /// <summary>How many choices have begun.</summary>
    public readonly int StartedChoices => BitOperations.PopCount(_begunLow) + BitOperations.PopCount(_begunHigh);

    /// <summary>Notes a chunk of a choice.</summary>
    public void Add(int index, bool isFinished)
    {
        var bit = 1UL << (index & 63);
        var (low, high) = (index & 64) == 0 ? (bit, 0UL) : (0UL, bit);
        _begunLow |= low;
        _begunHigh |= high;
        _finishedLow |= isFinished ? low : 0;
        _finishedHigh |= isFinished ? high : 0;
    }
}
