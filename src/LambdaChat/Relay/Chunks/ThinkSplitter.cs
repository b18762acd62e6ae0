using System.Buffers;
using System.Text.Json;
using LambdaChat.Relay.Reasoning;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Separates thinking from answer in chunks whose server leaves the tags in the text. A chunk that may end inside a tag is held, and passes
/// unchanged once it turns out to hold no tag.
/// </summary>
internal sealed class ThinkSplitter(ChunkEmitter emitter)
{
    private readonly ArrayBufferWriter<byte> _text = new(64);
    private ChunkLayout? _layout; // The layout of the chunks that are written here.
    private ChunkLayout? _heldLayout;
    private readonly ByteBuffer _written = new(256);

    /// <summary>Takes a chunk with a text that may hold tags.</summary>
    public void Edit(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker)
    {
        var text = choice.Content.Text(chunk.Json);
        if (tracker.Tags.IsThinking && !ThinkTags.MayHoldTag(text))
        {
            emitter.Emit(chunk, isReasoning: true);
            return;
        }

        // More text may follow a finish reason: some servers write one into each chunk.
        var reason = FinishReasons.Of(chunk, choice);
        var mustEnd = reason == FinishReason.Failed || tracker.IsHoldingTooMuch;
        var decision = tracker.Tags.Feed(Unescape(choice.Content.Value(chunk.Json), otherwise: text));
        decision = decision == ThinkDecision.Held && mustEnd ? tracker.Tags.End() : decision;
        if (decision == ThinkDecision.Held)
        {
            tracker.Hold(chunk.Json, isFinished: reason != FinishReason.None);
            return;
        }

        var position = Release(tracker, decision);
        if (decision == ThinkDecision.Split)
        {
            EmitParts(chunk, tracker, ref position);
        }
        else
        {
            emitter.Emit(chunk, decision == ThinkDecision.Reasoning);
        }
    }

    /// <summary>
    /// Takes a chunk without text. A tool call, other text or a finish reason ends the held text, and the usage one with a finish reason.
    /// </summary>
    public void EditWithoutText(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker)
    {
        if (tracker.Tags.IsHolding
            && (choice.HasCallOrRefusal || FinishReasons.Of(chunk, choice) != FinishReason.None
                || (tracker.HoldsFinishedText && chunk.Layout.HasUsage)))
        {
            End(tracker);
        }

        emitter.Emit(chunk, isReasoning: false);
    }

    /// <summary>No more text follows: sends the held chunks.</summary>
    public void End(ChoiceTracker tracker)
    {
        if (tracker.Tags.IsHolding)
        {
            Release(tracker, tracker.Tags.End());
        }
    }

    /// <summary>
    /// The server separates the thinking itself: the held text belongs to the answer, and further tags are ordinary text.
    /// </summary>
    public void TurnOff(ChoiceTracker tracker)
    {
        Release(tracker, ThinkDecision.Content);
        tracker.Tags.TurnOff();
    }

    // Sends the held chunks. Returns the length of their texts if one contains a tag.
    private int Release(ChoiceTracker tracker, ThinkDecision decision)
    {
        var position = 0;
        foreach (var record in tracker.Release())
        {
            var chunk = Chunk.Read(record, _heldLayout ??= new());
            if (decision == ThinkDecision.Split)
            {
                EmitParts(chunk, tracker, ref position);
            }
            else
            {
                emitter.Emit(chunk, isReasoning: decision == ThinkDecision.Reasoning);
            }
        }

        return position;
    }

    // Sends the thinking and the answer of a chunk as at most one chunk each.
    private void EmitParts(in Chunk chunk, ChoiceTracker tracker, ref int position)
    {
        ref readonly var choice = ref chunk.Layout.Choice(0);
        var start = position;
        position += Unescape(choice.Content.Value(chunk.Json), otherwise: choice.Content.Text(chunk.Json)).Length;
        var reasoning = tracker.Tags.ReasoningIn(start, position);
        var content = tracker.Tags.ContentIn(start, position);
        if (reasoning.IsEmpty || content.IsEmpty)
        {
            EmitPart(chunk, choice, reasoning.IsEmpty ? content : reasoning, isReasoning: !reasoning.IsEmpty);
            return;
        }

        var logprobs = LogprobsSplit.At(chunk.Json, choice, tracker.Tags.ContentStart - start);
        ChunkSplitter.WriteUnescapedReasoning(chunk, reasoning, logprobs, _written);
        emitter.Emit(Chunk.Read(_written.Span, _layout ??= new()), isReasoning: false);
        ChunkSplitter.WriteUnescapedContent(chunk, content, logprobs, _written);
        emitter.Emit(Chunk.Read(_written.Span, _layout ??= new()), isReasoning: false);
    }

    private void EmitPart(in Chunk chunk, in ChoiceLayout choice, ReadOnlySpan<byte> text, bool isReasoning)
    {
        var isEnd = choice.HasCallOrRefusal || chunk.Layout.HasUsage
            || FinishReasons.Of(chunk, choice) != FinishReason.None;
        if (!text.IsEmpty || isEnd || emitter.HasMore(chunk, choice))
        {
            ChunkSplitter.WriteUnescapedContent(chunk, text, default, _written);
            emitter.Emit(Chunk.Read(_written.Span, _layout ??= new()), isReasoning);
        }
    }

    // A string with half a surrogate pair cannot be unescaped. It is searched in its escaped form.
    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> json, ReadOnlySpan<byte> otherwise)
    {
        _text.ResetWrittenCount();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            _text.Advance(reader.CopyString(_text.GetSpan(json.Length)));
            return _text.WrittenSpan;
        }
        catch (InvalidOperationException)
        {
            return otherwise;
        }
    }
}
