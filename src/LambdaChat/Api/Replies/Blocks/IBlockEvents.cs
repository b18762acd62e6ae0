using LambdaChat.Http;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>Writes the events of a streaming reply: one for its beginning, those of its blocks, and one for its end.</summary>
internal interface IBlockEvents : IBlockOutput, IDisposable
{
    /// <summary>True if the output that is kept for the end of the reply has reached its cap.</summary>
    bool IsTooLong { get; }

    /// <summary>The response starts.</summary>
    /// <param name="headers">The headers of the response.</param>
    void StartResponse(IHeaderDictionary headers);

    /// <summary>The reply is complete, and its last block has stopped.</summary>
    void End(ReplyBlocks reply);

    /// <summary>The reply has failed.</summary>
    void Fail(ApiError error);
}
