using System.Text.Json;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// A message as it grows with the chunks of a reply: its blocks, its usage and why it stopped. Streamed and whole replies have the same.
/// </summary>
/// <param name="stopSequences">The stop sequences of the request.</param>
internal sealed class MessageState(IMessageOutput output, IReadOnlyList<string> stopSequences)
{
    private readonly ChunkLayout _layout = new();
    private readonly TextTemplate _template = new();
    private readonly BlockSequence _blocks = new(output);
    private MessageUsage _usage;
    private FinishReason _finish;
    private bool _hasBegun;
    private bool _hasRefusal;

    /// <summary>The usage so far.</summary>
    public MessageUsage Usage => _usage;

    /// <summary>The stop sequence that ended the reply; null if none did, or the model server does not tell.</summary>
    public string? StopSequence { get; private set; }

    /// <summary>Why the message can have no more chunks; null while it can.</summary>
    public ReplyFailure? Failure =>
        _blocks.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong)
        : _blocks.IsBroken ? new ReplyFailure(FailureKind.CorruptStream)
        : null;

    /// <summary>Why the message stopped, in Anthropic's words.</summary>
    public ReadOnlySpan<byte> StopReason =>
        _hasRefusal || _finish == FinishReason.ContentFilter ? "refusal"u8
        : _finish == FinishReason.Length ? "max_tokens"u8
        : _blocks.HasToolCall ? "tool_use"u8
        : StopSequence is not null ? "stop_sequence"u8
        : "end_turn"u8;

    /// <summary>Takes a chunk. False if the message can have no more of them.</summary>
    public bool Add(ReadOnlySpan<byte> chunk)
    {
        if (_template.TryRead(chunk, out var text))
        {
            _blocks.Add(_template.Kind, text, default);
            return Failure is null;
        }

        _layout.Read(chunk);
        if (_layout.Usage.Type == JsonTokenType.StartObject)
        {
            _usage.Read(_layout.Usage.Value(chunk));
        }

        if (!_hasBegun)
        {
            _hasBegun = true;
            output.Begin(_usage);
        }

        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            Add(chunk, _layout.Choice(i));
        }

        _template.Keep(chunk, _layout);
        return Failure is null;
    }

    /// <summary>Ends the last block. A message without a block gets an empty text, because clients read the first block.</summary>
    public void End()
    {
        if (!_blocks.HasBlocks)
        {
            _blocks.Add(BlockKind.Text, default, default);
        }

        _blocks.End(isComplete: true);
    }

    private void Add(ReadOnlySpan<byte> chunk, in ChoiceLayout choice)
    {
        if (choice.ReasoningContent.HasText)
        {
            _blocks.Add(BlockKind.Thinking, choice.ReasoningContent.Text(chunk), default);
        }

        if (choice.Content.HasText)
        {
            _blocks.Add(BlockKind.Text, choice.Content.Text(chunk), default);
        }

        if (choice.ToolCalls.Type == JsonTokenType.StartArray)
        {
            AddCalls(choice.ToolCalls.Value(chunk));
        }

        foreach (ref readonly var member in _layout.DeltaMembers(choice))
        {
            if (member.HasText && chunk[member.NameStart..].StartsWith("\"refusal\""u8))
            {
                _hasRefusal = true;
                _blocks.Add(BlockKind.Text, member.Text(chunk), default);
            }
        }

        if (choice.MayBeFinished)
        {
            _finish = FinishReasons.Read(chunk, choice.FinishReason);
            StopSequence = stopSequences.Count > 0 ? FindStop(chunk[choice.Start..choice.End]) : null;
        }
    }

    private void AddCalls(ReadOnlySpan<byte> calls)
    {
        var reader = new Utf8JsonReader(calls);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            _blocks.Add(ToolCallPiece.Read(ref reader, calls));
        }
    }

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
