namespace LambdaChat.Chat;

/// <summary>Which choices of a reply have begun and which have ended. OpenAI's <c>n</c> is at most 128.</summary>
internal struct FinishTracker
{
    private UInt128 _begun;
    private UInt128 _finished;

    /// <summary>True once there was a choice and each that began has its finish reason.</summary>
    public readonly bool IsComplete => _begun != 0 && _begun == _finished;

    /// <summary>Notes a chunk of a choice.</summary>
    public void Add(int index, bool isFinished)
    {
        var bit = UInt128.One << (index & 127);
        _begun |= bit;
        _finished |= isFinished ? bit : 0;
    }
}
