using System.Text.Json;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;
using LambdaChat.Relay.Reasoning;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>All state of one choice of a reply: its role, thinking, tool calls, tokens and finish reason.</summary>
internal sealed class ChoiceTracker(ThinkMode think, bool holdsBlanks, bool makesParagraphs)
{
    private const int MaximumHeldBytes = 64 * 1024;

    private List<byte[]> _held = [];
    private int _heldBytes;
    private ByteBuffer? _finishChunk;
    private int _finishValue;
    private int _finishLength;
    private bool _finishHasContent;
    private bool _finishHasUsage;
    private bool _endsCall; // The finish reason may be that of a call.
    private LegacyCallParts _legacyCall;
    private JsonProgress _legacyArguments; // Empty for arguments that are an object.

    /// <summary>Separates thinking from answer where the model server leaves the tags in the text.</summary>
    public ThinkTags Tags { get; } = new(think);

    /// <summary>The thinking text: its line feeds at both ends are dropped.</summary>
    public ReplyText Thinking { get; } = new(isThinking: true, makesParagraphs: makesParagraphs);

    /// <summary>The answer's text: white space before a tool call is dropped.</summary>
    public ReplyText Content { get; } = new(isThinking: false, hasStarted: !holdsBlanks);

    public ToolCallTracker ToolCalls { get; } = new();

    /// <summary>True after a chunk with the role. Later chunks omit it, because OpenAI's SDK for Python concatenates roles.</summary>
    public bool HasRole { get; set; }

    /// <summary>True if the choice has a legacy tool call.</summary>
    public bool HasLegacyCall => _legacyCall != LegacyCallParts.None;

    /// <summary>True if that call has a name, and no arguments except white space.</summary>
    public bool LacksLegacyArguments =>
        (_legacyCall & (LegacyCallParts.Name | LegacyCallParts.Object)) == LegacyCallParts.Name && _legacyArguments.IsBlank;

    /// <summary>True if a tool call's arguments have begun and are not complete.</summary>
    public bool HasOpenCall => ToolCalls.Count > 0 ? ToolCalls.HasOpenCall : _legacyArguments.IsOpen;

    /// <summary>True once this call has sent a part of the answer: text or a tool call.</summary>
    public bool HasAnswer { get; private set; }

    /// <summary>True once this call has sent thinking in a field of its own.</summary>
    public bool HasThinking { get; private set; }

    /// <summary>True once the choice has text or a tool call, also of an earlier call.</summary>
    public bool HasContent { get; private set; }

    /// <summary>True once the answer came in a <c>message</c>. Further messages are then parts of the answer.</summary>
    public bool HasMessage { get; set; }

    /// <summary>True between the <c>&lt;think&gt;</c> and the <c>&lt;/think&gt;</c> that the relay writes.</summary>
    public bool IsThinkOpen { get; set; }

    /// <summary>Chunks with text so far.</summary>
    public int Tokens { get; set; }

    /// <summary>True once the choice has exceeded its token limit: it has ended with <c>length</c>.</summary>
    public bool IsCut { get; set; }

    /// <summary>The last finish reason; <see cref="FinishReason.None"/> before it, and after more text has withdrawn it.</summary>
    public FinishReason Finish { get; private set; }

    /// <summary>
    /// True after more text has followed a finish reason. Only <c>[DONE]</c> then completes the reply. A finish reason <c>tool_calls</c> in
    /// a chunk of its own does not count: transformers sends one after each call, and <c>stop</c> at the end.
    /// </summary>
    public bool HasWithdrawnFinish => WithdrawnFinish != FinishReason.None;

    /// <summary>The last finish reason that more text has followed.</summary>
    public FinishReason WithdrawnFinish { get; private set; }

    /// <summary>True while the chunk with the finish reason waits for the end of the reply.</summary>
    public bool HoldsFinish => _finishChunk is { Length: > 0 };

    /// <summary>True while a chunk that waits for the end has more than the finish reason and the usage.</summary>
    public bool HoldsContent => HoldsFinish && _finishHasContent;

    /// <summary>True while a chunk that waits for the end has the usage.</summary>
    public bool HoldsUsage => HoldsFinish && _finishHasUsage;

    /// <summary>True if a record with a part of a tag, which waits for the next record, has a finish reason.</summary>
    public bool HoldsFinishedText { get; private set; }

    /// <summary>True if the held records have reached their maximum length, so that the decision cannot wait.</summary>
    public bool IsHoldingTooMuch => _heldBytes >= MaximumHeldBytes;

    /// <summary>Notes the kinds of text of a chunk as the model server sent it.</summary>
    public void NoteTexts(in ChoiceLayout choice)
    {
        HasThinking |= choice.HasReasoning;
        HasAnswer |= choice.Content.HasText || choice.Text.HasText || choice.HasCallOrRefusal;
        HasContent |= HasThinking || HasAnswer;
    }

    /// <summary>Notes the part of a legacy tool call.</summary>
    public void NoteLegacyCall(ReadOnlySpan<byte> chunk, in ChoiceLayout choice)
    {
        _legacyCall |= choice.LegacyCall;
        if ((choice.LegacyCall & LegacyCallParts.Arguments) == 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(choice.FunctionCall.Value(chunk));
        reader.Read();
        var call = ToolCallPiece.Read(ref reader, choice.FunctionCall.Value(chunk));
        if (call.AreArgumentsText)
        {
            _legacyArguments.Add(call.Arguments);
        }
    }

    /// <summary>Sets the finish reason of a chunk. If the chunk has text, call <see cref="Withdraw"/> before.</summary>
    /// <param name="isAlone">True if the chunk has no text.</param>
    public void NoteFinish(FinishReason reason, bool isAlone = false)
    {
        if (reason != FinishReason.None)
        {
            Finish = reason;
            _endsCall = isAlone && reason == FinishReason.ToolCalls;
        }
    }

    /// <summary>The choice continues: an earlier finish reason was not its last one.</summary>
    public void Withdraw()
    {
        WithdrawnFinish = Finish != FinishReason.None && !_endsCall ? Finish : WithdrawnFinish;
        Finish = FinishReason.None;
    }

    /// <summary>Another call continues the choice. Text that was not sent and all finish reasons are discarded.</summary>
    public void Continue(KeptText kept)
    {
        Release();
        Tags.Continue(kept);
        HasAnswer = HasThinking = HasMessage = false;
        Finish = WithdrawnFinish = FinishReason.None;
    }

    /// <summary>Keeps a chunk with a finish reason until the next chunk shows whether the choice has ended.</summary>
    /// <param name="valueStart">Where the value of <c>finish_reason</c> begins in the chunk.</param>
    /// <param name="hasContent">True if the chunk has to be sent even if its finish reason is withdrawn.</param>
    public void HoldFinish(ReadOnlySpan<byte> chunk, int valueStart, int valueLength, bool hasContent, bool hasUsage)
    {
        _finishChunk ??= new ByteBuffer(256);
        _finishChunk.Clear();
        _finishChunk.Append(chunk);
        (_finishValue, _finishLength) = (valueStart, valueLength);
        (_finishHasContent, _finishHasUsage) = (hasContent, hasUsage);
    }

    /// <summary>Takes the usage out of the held chunk.</summary>
    public byte[] TakeUsage()
    {
        var chunk = _finishChunk!.Span.ToArray();
        var usage = Chunk.Read(chunk, new ChunkLayout()).Layout.Usage;
        _finishChunk.Clear();
        _finishChunk.Append(chunk.AsSpan(0, usage.ValueStart));
        _finishChunk.Append("null"u8);
        _finishChunk.Append(chunk.AsSpan(usage.ValueEnd));
        _finishValue += usage.ValueStart < _finishValue ? "null".Length - (usage.ValueEnd - usage.ValueStart) : 0;
        _finishHasUsage = false;
        return usage.Value(chunk).ToArray();
    }

    /// <summary>Adds a usage to the held chunk, which is one of the relay's own.</summary>
    public void AddUsage(ReadOnlySpan<byte> usage)
    {
        var chunk = _finishChunk!.Span.ToArray();
        _finishChunk.Clear();
        _finishChunk.Append(chunk.AsSpan(0, chunk.Length - 1));
        _finishChunk.Append(",\"usage\":"u8);
        _finishChunk.Append(usage);
        _finishChunk.Append("}"u8);
        _finishHasUsage = true;
    }

    /// <summary>Takes the held chunk. Empty if no chunk is held.</summary>
    public void TakeFinish(ByteBuffer output)
    {
        output.Clear();
        if (HoldsFinish)
        {
            output.Append(_finishChunk!.Span);
            _finishChunk.Clear();
        }
    }

    /// <summary>Takes the held chunk with <c>finish_reason: null</c>. Empty if it has nothing else to send.</summary>
    public void TakeWithoutFinish(ByteBuffer output)
    {
        output.Clear();
        if (HoldsContent || HoldsUsage)
        {
            var chunk = _finishChunk!.Span;
            output.Append(chunk[.._finishValue]);
            output.Append("null"u8);
            output.Append(chunk[(_finishValue + _finishLength)..]);
        }

        _finishChunk?.Clear();
    }

    /// <summary>Keeps a record until the next record shows whether it contains a part of a tag.</summary>
    /// <param name="isFinished">True if it has a finish reason.</param>
    public void Hold(ReadOnlySpan<byte> record, bool isFinished)
    {
        _held.Add(record.ToArray());
        _heldBytes += record.Length;
        HoldsFinishedText |= isFinished;
    }

    /// <summary>Takes the records held so far.</summary>
    public List<byte[]> Release()
    {
        if (_held.Count == 0)
        {
            return _held;
        }

        var released = _held;
        (_held, _heldBytes, HoldsFinishedText) = ([], 0, false);
        return released;
    }
}
