using System.Buffers;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Reasoning;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Separates thinking from answer in chunks whose server leaves the tags in the text. A chunk that may end inside a tag is held, and passes
/// unchanged once it turns out to hold no tag.
/// </summary>
internal sealed class ThinkSplitter(ChunkEmitter emitter)
{
    private readonly ArrayBufferWriter<byte> _text = new(64);
    private readonly ChunkLayout _layout = new(); // Of the chunks that are released or written here.
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

        var isFinished = FinishReasons.Read(chunk.Json, choice.FinishReason) != FinishReason.None;
        var decision = tracker.Tags.Feed(Unescape(choice.Content.Value(chunk.Json), otherwise: text));
        decision = decision == ThinkDecision.Held && (isFinished || tracker.IsHoldingTooMuch) ? tracker.Tags.End() : decision;
        if (decision == ThinkDecision.Held)
        {
            tracker.Hold(chunk.Json);
            return;
        }

        Release(choice, tracker, decision);
        if (decision != ThinkDecision.Split)
        {
            emitter.Emit(chunk, decision == ThinkDecision.Reasoning);
        }
        else if (ChunkSplitter.TryWriteContent(chunk, tracker.Tags.Content, _written))
        {
            emitter.Emit(Chunk.Read(_written.Span, _layout), isReasoning: false);
        }
    }

    /// <summary>Takes a chunk without a text, which may end one.</summary>
    public void EditWithoutText(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker)
    {
        if (tracker.Tags.IsHolding && (choice.HasToolCalls || FinishReasons.Read(chunk.Json, choice.FinishReason) != FinishReason.None))
        {
            End(choice, tracker);
        }

        emitter.Emit(chunk, isReasoning: false);
    }

    /// <summary>No more text comes: sends what waited for it.</summary>
    public void End(in ChoiceLayout choice, ChoiceTracker tracker)
    {
        if (tracker.Tags.IsHolding)
        {
            Release(choice, tracker, tracker.Tags.End());
        }
    }

    /// <summary>The server separates the thinking itself: what is held is answer, and tags are ordinary text from here on.</summary>
    public void TurnOff(in ChoiceLayout choice, ChoiceTracker tracker)
    {
        Release(choice, tracker, ThinkDecision.Content);
        tracker.Tags.TurnOff();
    }

    // Sends the chunks held before, or the thinking in them where they held a tag.
    private void Release(in ChoiceLayout choice, ChoiceTracker tracker, ThinkDecision decision)
    {
        var held = tracker.Release();
        if (decision == ThinkDecision.Split)
        {
            if (!tracker.Tags.Reasoning.IsEmpty)
            {
                ChunkSplitter.WriteReasoning(choice, tracker.Tags.Reasoning, _written);
                emitter.Emit(Chunk.Read(_written.Span, _layout), isReasoning: false);
            }

            return;
        }

        foreach (var record in held)
        {
            emitter.Emit(Chunk.Read(record, _layout), isReasoning: decision == ThinkDecision.Reasoning);
        }
    }

    // A string with half a surrogate pair is searched as it stands in the JSON.
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
