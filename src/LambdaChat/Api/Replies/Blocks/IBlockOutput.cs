namespace LambdaChat.Api.Replies.Blocks;

/// <summary>The kinds of blocks of a reply.</summary>
internal enum BlockKind
{
    None,
    Thinking,
    Text,
    Refusal,
    ToolCall,
}

/// <summary>Receives a reply block by block. A block starts after the previous one has stopped. Texts are escaped as in JSON.</summary>
internal interface IBlockOutput
{
    /// <summary>The first chunk of the reply has arrived, with the usage that is known by then.</summary>
    void Begin(in ReplyUsage usage)
    {
        // Most outputs need no usage in advance.
    }

    /// <param name="id">The id of a tool call.</param>
    /// <param name="name">The name of the tool.</param>
    void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name);

    /// <summary>Adds to the text of the block, or to the JSON text of a tool's arguments.</summary>
    /// <param name="logprobs">The elements of an array, as JSON; empty without them.</param>
    void Append(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs);

    /// <param name="isComplete">False for the last block of a reply that is not complete, and for a tool call in it that is cut.</param>
    void Stop(bool isComplete);
}
