using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The last step of a chunk: edits it to the output format and writes it. A chunk with a finish reason is held until the next record shows
/// that the choice has ended.
/// </summary>
internal sealed partial class ChunkEmitter(OutputFormat format, ChoiceTrackers trackers, IChunkOutput output)
{
    private readonly JsonSplicer _splices = new();
    private readonly ByteBuffer _edited = new(256);
    private EnvelopeEditor? _envelopeEditor;
    private DeltaEditor? _deltaEditor;
    private bool _hasSentOthers;
    private bool _hasCut; // A choice has exceeded its token limit.

    /// <summary>The failure that a chunk has reported and that ends the reply; null without a failure.</summary>
    public ReplyFailure? Failure { get; private set; }

    /// <summary>
    /// True once the model server has nothing more to send, because a choice has exceeded its token limit and all others have ended. For
    /// choices that never start, the call goes on until it has the tokens of all choices: some servers ignore <c>n</c>.
    /// </summary>
    public bool IsCut => _hasCut && trackers.AreFinished
        && (trackers.Started >= format.Choices || trackers.Tokens > (long)format.Choices * format.MaxTokens);

    /// <summary>True once a chunk had text or a tool call.</summary>
    public bool HasContent { get; private set; }

    /// <summary>False once the output accepts no more chunks.</summary>
    public bool IsWanted { get; private set; } = true;

    public UsageCounter Usage { get; } = new();

    public EnvelopeEditor Envelope => _envelopeEditor ??= new EnvelopeEditor(format, _splices);

    private DeltaEditor Delta => _deltaEditor ??= new DeltaEditor(format, _splices);

    /// <inheritdoc cref="ChoiceTrackers.IndexOf"/>
    public int IndexOf(in ChoiceLayout choice) => trackers.IndexOf(choice);

    /// <summary>Sends a chunk.</summary>
    /// <param name="isReasoning">True if its content is thinking.</param>
    public void Emit(in Chunk chunk, bool isReasoning)
    {
        var layout = chunk.Layout;
        Usage.Note(chunk);
        if (Text is not null && layout.ChoiceCount == 1 && !TryKeepText(chunk, isReasoning))
        {
            return;
        }

        if (layout.ChoiceCount == 0)
        {
            SendFinishes(isEnd: false);
            if (format.HidesUsage && layout.HasUsage)
            {
                return;
            }
        }
        else if (layout.HasUsage)
        {
            SendAllHeldUsage();
        }

        EmitOrDivide(chunk, isReasoning);
    }

    /// <summary>True if a chunk is sent even without text: for its logprobs, unknown members, or the usage of several choices.</summary>
    public bool HasMore(in Chunk chunk, in ChoiceLayout choice) =>
        choice.HasOthers || choice.HasLogprobs || (chunk.Layout.HasOthers && !_hasSentOthers)
        || (format.Choices > 1 && chunk.Layout.HasUsage);

    // Sends a chunk as it is, or in two pieces if it has the first blank line of the thinking.
    private void EmitOrDivide(in Chunk chunk, bool isReasoning)
    {
        var layout = chunk.Layout;
        _template.Clear();
        if (layout.ChoiceCount != 1)
        {
            EmitChoices(chunk, isReasoning);
        }
        else if (FindThinkingCut(chunk, layout.Choice(0), isReasoning) is var cut and > 0)
        {
            EmitDivided(chunk, layout.Choice(0), cut, isReasoning);
        }
        else
        {
            EmitChoice(chunk, layout.Choice(0), isReasoning);
        }
    }

    private void EmitChoice(in Chunk chunk, in ChoiceLayout choice, bool isReasoning)
    {
        var index = IndexOf(choice);
        EndThinkingBefore(chunk, choice, isReasoning);
        var tracker = trackers.Get(index);
        if (IsBeyondLimit(choice, index, tracker))
        {
            return;
        }

        // The template is made of a chunk whose form the next one may have. That is not the first chunk, and not one with a thinking tag.
        var isFirst = format.IsChat && !tracker.HasRole;
        var isFollowing = tracker is { HasRole: true, IsThinkOpen: false };
        NoteProgress(chunk, choice, tracker);
        SendHeldContent(index, tracker);
        if (tracker.ToolCalls.IsHolding && (choice.HasReasoning || choice.Refusal.HasText || HasWords(chunk, choice)))
        {
            CompleteCalls(index, tracker, isWhole: false); // The model has gone on.
        }

        BeginEdit(chunk);
        if (Edit(chunk, choice, index, tracker, isReasoning))
        {
            WriteEdited(chunk);
            SendOrHold(chunk, choice, tracker, isFirst);
            if (isFollowing && _template.IsWanted)
            {
                Remember(chunk, choice, tracker, isReasoning);
            }
        }

        if (tracker.ToolCalls.IsWaiting && choice.MayBeFinished && tracker.Finish is not (FinishReason.None or FinishReason.Failed))
        {
            SendWaitingCalls(index);
        }
    }

    // A chunk that ends a choice, or exceeds its token limit, contains only this choice: the normalizer has split it.
    private void EmitChoices(in Chunk chunk, bool isReasoning)
    {
        var layout = chunk.Layout;
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            EndThinkingBefore(chunk, layout.Choice(i), isReasoning);
            var tracker = trackers.Get(IndexOf(layout.Choice(i)));
            tracker.Tokens += IsToken(layout.Choice(i)) ? 1 : 0;
            NoteProgress(chunk, layout.Choice(i), tracker);
        }

        BeginEdit(chunk);
        var isSent = layout.ChoiceCount == 0;
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            var index = IndexOf(layout.Choice(i));
            if (Edit(chunk, layout.Choice(i), index, trackers.Get(index), isReasoning))
            {
                isSent = true;
            }
            else
            {
                ClearDelta(layout.Choice(i));
            }
        }

        if (isSent)
        {
            WriteEdited(chunk);
            SendOrHoldUsage(layout);
        }
    }

    // Nothing of the delta is sent now, but the chunk of another choice.
    private void ClearDelta(in ChoiceLayout choice)
    {
        var from = _splices.Scratch.Length;
        _splices.Scratch.Append("{}"u8);
        _splices.AddScratch(choice.Delta.ValueStart, choice.Delta.ValueEnd - choice.Delta.ValueStart, from);
    }

    // Begins the edits of a chunk with what surrounds its choices.
    private void BeginEdit(in Chunk chunk)
    {
        _splices.Clear();
        Envelope.Edit(chunk);
        Usage.Edit(chunk, _splices);
    }

    private void WriteEdited(in Chunk chunk)
    {
        _edited.Clear();
        _splices.WriteTo(_edited, chunk.Json);
        _hasSentOthers |= chunk.Layout.HasOthers;
    }

    private bool Edit(in Chunk chunk, in ChoiceLayout choice, int index, ChoiceTracker tracker, bool isReasoning)
    {
        Envelope.EditChoice(choice, index);
        var isSent = !choice.HasDelta || Delta.Edit(chunk, choice, tracker, isReasoning, HasMore(chunk, choice));
        if (choice.FinishReason.Exists && !choice.FinishReason.IsNull)
        {
            EditFinish(chunk, choice, tracker);
        }

        return isSent;
    }

    private void Send(ReadOnlySpan<byte> chunk) => IsWanted &= output.Write(chunk);

    // A line end between the tokens of a JSON text is white space, and many clients cannot read an event of several lines.
    private ReadOnlySpan<byte> JoinLines()
    {
        var text = _edited.Memory.Span;
        if (text.ContainsAny((byte)'\n', (byte)'\r'))
        {
            text.Replace((byte)'\n', (byte)' ');
            text.Replace((byte)'\r', (byte)' ');
        }

        return text;
    }
}
