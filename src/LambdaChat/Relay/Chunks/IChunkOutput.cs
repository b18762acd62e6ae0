namespace LambdaChat.Relay.Chunks;

/// <summary>The destination of normalized chunks: the client, or one aggregated completion.</summary>
internal interface IChunkOutput
{
    /// <summary>Writes one chunk: a JSON object on one line, valid until the call returns. False if no more chunks are needed.</summary>
    bool Write(ReadOnlySpan<byte> chunk);
}
