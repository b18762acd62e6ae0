using System.Text.Json;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// Builds a message from the chunks of a reply: its blocks, its usage and its stop reason. Streaming and non-streaming replies use it.
/// </summary>
/// <param name="stopSequences">The stop sequences of the request.</param>
/// <param name="isWarmUp">True for a message without content: the request fills the cache of the model server only.</param>
internal sealed class MessageState(IBlockOutput output, IReadOnlyList<string> stopSequences, bool isWarmUp = false) : IDisposable
{
    private readonly ReplyBlocks _blocks = new(output, isWarmUp: isWarmUp) { KeepsLastChoice = stopSequences.Count > 0 };

    /// <summary>The usage so far.</summary>
    public ReplyUsage Usage => _blocks.Usage;

    /// <summary>The stop sequence that ended the reply; null if none did, or if the model server does not report it.</summary>
    public string? StopSequence => _blocks.LastChoice.IsEmpty ? null : FindStop(_blocks.LastChoice);

    /// <summary>The reason why the message accepts no more chunks; null while it accepts them.</summary>
    public ReplyFailure? Failure => _blocks.Failure;

    /// <summary>Why the message stopped, in Anthropic's words.</summary>
    public ReadOnlySpan<byte> StopReason =>
        _blocks.HasRefusal || _blocks.Finish == FinishReason.ContentFilter ? "refusal"u8
        : isWarmUp || _blocks.Finish == FinishReason.Length ? "max_tokens"u8
        : _blocks.HasToolCall ? "tool_use"u8
        : StopSequence is not null ? "stop_sequence"u8
        : "end_turn"u8;

    /// <summary>Adds a chunk. False if the message accepts no more chunks.</summary>
    public bool Add(ReadOnlySpan<byte> chunk) => _blocks.Add(chunk);

    /// <summary>Ends the last block. A message without a block gets an empty text, because clients read the first block.</summary>
    public void End()
    {
        if (!isWarmUp)
        {
            _blocks.AddMissingBlock();
        }

        _blocks.End(isFailed: false);
    }

    /// <summary>The reply has failed: writes the blocks that wait for the end of an open tool call.</summary>
    public void Fail()
    {
        if (_blocks.HasWaitingBlocks)
        {
            _blocks.End(isFailed: true);
        }
    }

    public void Dispose() => _blocks.Dispose();

    // vLLM names the text in stop_reason, SGLang in matched_stop. Both may also be the number of a token.
    private string? FindStop(ReadOnlySpan<byte> choice)
    {
        var reader = new Utf8JsonReader(choice);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isStop = reader.ValueTextEquals("stop_reason"u8) || reader.ValueTextEquals("matched_stop"u8);
            reader.Read();
            for (var i = 0; isStop && reader.TokenType == JsonTokenType.String && i < stopSequences.Count; i++)
            {
                if (reader.ValueTextEquals(stopSequences[i]))
                {
                    return stopSequences[i];
                }
            }

            reader.Skip();
        }

        return null;
    }
}
