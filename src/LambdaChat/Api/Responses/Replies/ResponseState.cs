using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// Builds a response from the chunks of a reply: its items, its usage and its status. Streaming and non-streaming responses use it.
/// </summary>
internal sealed class ResponseState(ResponseOutput output, bool wantsLogprobs, bool isWarmUp) : IDisposable
{
    private const int Copies = 8; // Of the output: the text, the item, the items and the document, in buffers that double.

    private readonly ReplyBlocks _blocks = new(output, BlockKind.Refusal, wantsLogprobs, isWarmUp);

    public ReplyUsage Usage => _blocks.Usage;

    /// <summary>True after the first chunk.</summary>
    public bool HasBegun { get; private set; }

    /// <inheritdoc cref="Relay.IReplyWriter.HeldBytes"/>
    public long HeldBytes => Copies * (long)output.Length;

    /// <summary>The finished items.</summary>
    public ReadOnlySpan<byte> Items => output.Items;

    /// <summary>The reason why the response accepts no more chunks; null while it accepts them.</summary>
    public ReplyFailure? Failure => output.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong) : _blocks.Failure;

    /// <summary>Why the response is incomplete; empty if it is complete.</summary>
    public ReadOnlySpan<byte> IncompleteReason => _blocks.Finish switch
    {
        FinishReason.Length => "max_output_tokens"u8,
        FinishReason.ContentFilter => "content_filter"u8,
        _ => default,
    };

    /// <summary>Adds a chunk. False if the response accepts no more chunks.</summary>
    public bool Add(ReadOnlySpan<byte> chunk)
    {
        HasBegun = true;
        return _blocks.Add(chunk) && !output.IsTooLong;
    }

    /// <summary>Ends the last item.</summary>
    /// <param name="isFailed">True if the reply failed.</param>
    public void End(bool isFailed) => _blocks.End(isFailed);

    public void Dispose()
    {
        _blocks.Dispose();
        output.Dispose();
    }
}
