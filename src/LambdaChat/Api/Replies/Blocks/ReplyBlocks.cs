using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>Divides the chunks of a reply into blocks, and keeps its usage and its finish reason.</summary>
/// <param name="refusals">The kind of block for the text of a refusal.</param>
/// <param name="wantsLogprobs">True to pass on the logprobs of texts.</param>
/// <param name="isWarmUp">True to leave out the content: the request fills the cache of the model server only.</param>
internal sealed class ReplyBlocks(
    IBlockOutput output, BlockKind refusals = BlockKind.Text, bool wantsLogprobs = false, bool isWarmUp = false) : IDisposable
{
    private readonly ChunkLayout _layout = new();
    private readonly TextTemplate _template = new();
    private readonly BlockSequence _blocks = new(output);
    private readonly ByteBuffer _last = new(256);
    private readonly TextLogprobs _logprobs = new();
    private ReplyUsage _usage = new() { IsOfPrompt = isWarmUp };
    private bool _hasBegun;
    private ToolCallTracker? _legacyCall; // A legacy tool call, function_call.
    private ByteBuffer? _legacyJson;
    private ByteBuffer? _callJson;
    private string _replyId = "";

    /// <summary>True to keep <see cref="LastChoice"/>.</summary>
    public bool KeepsLastChoice { get; init; }

    /// <summary>The choice that has the finish reason, as JSON; empty before it.</summary>
    public ReadOnlySpan<byte> LastChoice => _last.Span;

    /// <summary>True if blocks wait for the end of an open tool call.</summary>
    public bool HasWaitingBlocks => _blocks.HasWaitingBlocks;

    /// <summary>True if the reply has a refusal.</summary>
    public bool HasRefusal { get; private set; }

    /// <summary>The usage so far.</summary>
    public ReplyUsage Usage => _usage;

    /// <summary>
    /// The finish reason. It is corrected for model servers that report a complete reply although the token limit has cut a tool call.
    /// </summary>
    public FinishReason Finish { get; private set; }

    /// <summary>True if the reply has a tool call.</summary>
    public bool HasToolCall => _blocks.HasToolCall;

    /// <summary>The reason why the reply accepts no more chunks; null while it accepts them.</summary>
    public ReplyFailure? Failure =>
        _blocks.IsTooLong ? new ReplyFailure(FailureKind.ReplyTooLong)
        : _blocks.IsBroken ? new ReplyFailure(FailureKind.CorruptStream)
        : null;

    /// <summary>Adds a chunk. False if the reply accepts no more chunks.</summary>
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

        if (isWarmUp)
        {
            return true;
        }

        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            Add(chunk, _layout.Choice(i));
        }

        _template.Keep(chunk, _layout);
        return Failure is null;
    }

    /// <summary>Adds an empty text to a reply without a block.</summary>
    public void AddMissingBlock()
    {
        if (!_blocks.HasBlocks)
        {
            _blocks.Add(BlockKind.Text, default, default);
        }
    }

    /// <summary>Ends the last block.</summary>
    /// <param name="isFailed">True if the reply failed.</param>
    public void End(bool isFailed)
    {
        if (_legacyCall is not null)
        {
            _legacyCall.TryComplete(isWhole: false);
            _legacyCall.WriteWaiting(_replyId, _callJson!);
            AddCalls(_callJson!.Span);
        }

        if (!isFailed && Finish != FinishReason.ContentFilter && _blocks.IsWithinArguments)
        {
            Finish = FinishReason.Length;
        }

        _blocks.End(isComplete: !isFailed && Finish is not (FinishReason.Length or FinishReason.ContentFilter));
    }

    public void Dispose() => _blocks.Dispose();

    private void Add(ReadOnlySpan<byte> chunk, in ChoiceLayout choice)
    {
        if (choice.ReasoningContent.HasText)
        {
            _blocks.Add(BlockKind.Thinking, choice.ReasoningContent.Text(chunk), default);
        }

        if (choice.Content.HasText)
        {
            _blocks.Add(BlockKind.Text, choice.Content.Text(chunk), wantsLogprobs ? _logprobs.Take(chunk, choice) : default);
        }
        else if (wantsLogprobs)
        {
            _logprobs.Keep(chunk, choice);
        }

        if (choice.Refusal.HasText)
        {
            HasRefusal = true;
            _blocks.Add(refusals, choice.Refusal.Text(chunk), default);
        }

        if (choice.HasLegacyCall && (_legacyCall is not null || !_blocks.HasToolCall))
        {
            AddLegacyCall(choice.FunctionCall.Value(chunk), _layout.Id, chunk);
        }

        if (choice.ToolCalls.Type == JsonTokenType.StartArray)
        {
            AddCalls(choice.ToolCalls.Value(chunk));
        }

        if (choice.MayBeFinished)
        {
            Finish = FinishReasons.Read(chunk, choice.FinishReason);
            _last.Clear();
            _last.Append(KeepsLastChoice ? chunk[choice.Start..choice.End] : default);
        }
    }

    // The legacy form has one call, without an id.
    private void AddLegacyCall(ReadOnlySpan<byte> call, in JsonMember id, ReadOnlySpan<byte> chunk)
    {
        if (_legacyCall is null)
        {
            (_legacyCall, _legacyJson, _callJson) = (new ToolCallTracker(), new ByteBuffer(256), new ByteBuffer(256));
            _replyId = id.HasText ? Encoding.UTF8.GetString(id.Text(chunk)) : "";
        }

        _legacyJson!.Clear();
        _legacyJson.Append("[{\"index\":0,\"function\":"u8);
        _legacyJson.Append(call);
        _legacyJson.Append("}]"u8);
        _legacyCall.TryEdit(_legacyJson.Span, _replyId, _callJson!);
        AddCalls(_callJson!.Span);
    }

    private void AddCalls(ReadOnlySpan<byte> calls)
    {
        if (calls.IsEmpty)
        {
            return; // A call waits for its name.
        }

        var reader = new Utf8JsonReader(calls);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            _blocks.Add(ToolCallPiece.Read(ref reader, calls));
        }
    }
}
