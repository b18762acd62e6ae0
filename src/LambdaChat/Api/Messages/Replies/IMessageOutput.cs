using LambdaChat.Api.Replies.Blocks;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>Receives a message block by block.</summary>
internal interface IMessageOutput : IBlockOutput
{
    /// <summary>The message begins, with the usage that is known by then.</summary>
    void Begin(in MessageUsage usage);
}
