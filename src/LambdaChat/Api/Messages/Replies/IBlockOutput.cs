namespace LambdaChat.Api.Messages.Replies;

/// <summary>The kinds of content blocks of a reply.</summary>
internal enum BlockKind
{
    None,
    Thinking,
    Text,
    ToolUse,
}

/// <summary>Receives a message block by block. A block starts after the previous one has stopped. Texts are escaped as in JSON.</summary>
internal interface IBlockOutput
{
    /// <summary>The message begins, with the usage that is known by then.</summary>
    void Begin(in MessageUsage usage);

    /// <param name="id">The id of a tool call.</param>
    /// <param name="name">The name of the tool.</param>
    void Start(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name);

    /// <summary>Adds to the text of the block, or to the JSON text of a tool's input.</summary>
    void Append(ReadOnlySpan<byte> escaped);

    void Stop();
}
