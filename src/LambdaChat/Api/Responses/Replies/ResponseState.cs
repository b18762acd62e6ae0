using System.Text.Json;
using LambdaChat.Api.Replies.Blocks;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// A response as it grows with the chunks of a reply: its items, its usage and how it ended. Streaming and non-streaming responses have
/// the same.
/// </summary>
internal sealed class ResponseState(ResponseOutput output, bool wantsLogprobs)
{
    private readonly ChunkLayout _layout = new();
    private readonly TextTemplate _template = new();
    private readonly BlockSequence _blocks = new(output);
    private ResponseUsage _usage;
    private FinishReason _finish;

    public ResponseUsage Usage => _usage;

    /// <summary>True after the first chunk.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The finished items.</summary>
    public ReadOnlySpan<byte> Items => output.Items;

    /// <summary>Why the response can have no more chunks; null while it can.</summary>
    public ReplyFailure? Failure =>
        _blocks.IsTooLong || output.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong)
        : _blocks.IsBroken ? new ReplyFailure(FailureKind.CorruptStream)
        : null;

    /// <summary>Why the response is incomplete; empty if it is complete.</summary>
    public ReadOnlySpan<byte> IncompleteReason => _finish switch
    {
        FinishReason.Length => "max_output_tokens"u8,
        FinishReason.ContentFilter => "content_filter"u8,
        _ => default,
    };

    /// <summary>Takes a chunk. False if the response can have no more of them.</summary>
    public bool Add(ReadOnlySpan<byte> chunk)
    {
        HasBegun = true;
        if (_template.TryRead(chunk, out var text))
        {
            _blocks.Add(_template.Kind, text, default);
            return !output.IsTooLong && !_blocks.IsTooLong;
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

    /// <summary>Ends the last item.</summary>
    /// <param name="isFailed">True if the reply failed.</param>
    public void End(bool isFailed) => _blocks.End(isComplete: !isFailed && IncompleteReason.IsEmpty);

    private void Add(ReadOnlySpan<byte> chunk, in ChoiceLayout choice)
    {
        if (choice.ReasoningContent.HasText)
        {
            _blocks.Add(BlockKind.Thinking, choice.ReasoningContent.Text(chunk), default);
        }

        if (choice.Content.HasText)
        {
            var logprobs = wantsLogprobs && choice.HasLogprobs ? FindContent(choice.Logprobs.Value(chunk)) : default;
            _blocks.Add(BlockKind.Text, choice.Content.Text(chunk), logprobs);
        }

        foreach (ref readonly var member in _layout.DeltaMembers(choice))
        {
            if (member.HasText && chunk[member.NameStart..].StartsWith("\"refusal\""u8))
            {
                _blocks.Add(BlockKind.Refusal, member.Text(chunk), default);
            }
        }

        if (choice.ToolCalls.Type == JsonTokenType.StartArray)
        {
            AddCalls(choice.ToolCalls.Value(chunk));
        }

        if (choice.MayBeFinished)
        {
            _finish = FinishReasons.Read(chunk, choice.FinishReason);
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

    // The elements of the array content.
    private static ReadOnlySpan<byte> FindContent(ReadOnlySpan<byte> logprobs)
    {
        var reader = new Utf8JsonReader(logprobs);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isArray = reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
            if (isContent && isArray)
            {
                return logprobs[(start + 1)..((int)reader.BytesConsumed - 1)];
            }
        }

        return default;
    }
}
