namespace LambdaChat.Relay.Chunks;

/// <summary>Where the chunks of our contract go: to the client one by one, or together into one completion.</summary>
internal interface IChunkOutput
{
    /// <summary>Takes one chunk: a JSON object on one line, valid until the call returns. False where no more is wanted.</summary>
    bool Write(ReadOnlySpan<byte> chunk);
}
