using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>Reads the chunks of a reply into blocks, and keeps its usage and why it ended.</summary>
internal sealed class ReplyBlocks(IBlockOutput output)
{
    private readonly ChunkLayout _layout = new();
    private readonly TextTemplate _template = new();
    private readonly BlockSequence _blocks = new(output);
    private ReplyUsage _usage;

    /// <summary>The usage so far.</summary>
    public ReplyUsage Usage => _usage;

    public FinishReason Finish { get; private set; }

    /// <summary>True if the reply has a tool call.</summary>
    public bool HasToolCall => _blocks.HasToolCall;

    /// <summary>Why the reply can have no more chunks; null while it can.</summary>
    public ReplyFailure? Failure =>
        _blocks.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong)
        : _blocks.IsBroken ? new ReplyFailure(FailureKind.CorruptStream)
        : null;

    /// <summary>Takes a chunk. False if the reply can have no more of them.</summary>
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

        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            Add(chunk, _layout.Choice(i));
        }

        _template.Keep(chunk, _layout);
        return Failure is null;
    }

    /// <summary>Ends the last block.</summary>
    /// <param name="isComplete">False if the reply failed.</param>
    public void End(bool isComplete) => _blocks.End(isComplete);

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

        foreach (ref readonly var member in _layout.DeltaMembers(choice))
        {
            if (member.HasText && chunk[member.NameStart..].StartsWith("\"refusal\""u8))
            {
                _blocks.Add(BlockKind.Text, member.Text(chunk), default);
            }
        }

        if (choice.ToolCalls.Type == JsonTokenType.StartArray)
        {
            AddCalls(choice.ToolCalls.Value(chunk));
        }

        if (choice.MayBeFinished)
        {
            Finish = FinishReasons.Read(chunk, choice.FinishReason);
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
}
