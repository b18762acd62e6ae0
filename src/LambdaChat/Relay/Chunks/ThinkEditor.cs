using System.Buffers;
using System.Text.Json;
using LambdaChat.Relay.Reasoning;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Tells thinking from answer in chunks whose server leaves the tags in the text. A piece that may end in part of a tag is held whole, and
/// passes as it came once it is known to be none.
/// </summary>
internal sealed class ThinkEditor(ChunkLayout layout, ChunkEmitter emitter)
{
    private readonly ArrayBufferWriter<byte> _text = new(64);

    /// <summary>Takes a chunk with a text in which tags may stand.</summary>
    public void Edit(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker state)
    {
        var text = choice.Content.Text(record);
        if (state.Tags.IsThinking && !ThinkTags.MayHoldTag(text))
        {
            emitter.Emit(record, isReasoning: true);
            return;
        }

        var (index, isFinished) = (choice.Index, choice.IsFinished);
        var decision = state.Tags.Feed(Unescape(choice.Content.Value(record), otherwise: text));
        decision = decision == ThinkDecision.Held && isFinished ? state.Tags.End() : decision;
        if (decision == ThinkDecision.Held)
        {
            state.Hold(record);
            return;
        }

        var last = decision == ThinkDecision.Split ? ChunkSplitter.WithContent(record, layout, state.Tags.Content) : null;
        Release(index, state, decision);
        if (last is not null)
        {
            layout.Read(last);
            emitter.Emit(last, isReasoning: false);
        }
        else if (decision != ThinkDecision.Split)
        {
            layout.Read(record);
            emitter.Emit(record, decision == ThinkDecision.Reasoning);
        }
    }

    /// <summary>Takes a chunk without one, which may end a text.</summary>
    public void EditWithoutText(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceTracker state)
    {
        if (state.Tags.IsHolding && (choice.IsFinished || choice.HasToolCalls))
        {
            End(choice.Index, state);
            layout.Read(record);
        }

        emitter.Emit(record, isReasoning: false);
    }

    /// <summary>No more text comes: sends what waited for it.</summary>
    public void End(int index, ChoiceTracker state)
    {
        if (state.Tags.IsHolding)
        {
            Release(index, state, state.Tags.End());
        }
    }

    /// <summary>The server tells its thinking by itself: what is held is answer, and no tag is one.</summary>
    public void TurnOff(int index, ChoiceTracker state)
    {
        Release(index, state, ThinkDecision.Content);
        state.Tags.TurnOff();
    }

    // Sends the records held before, or the thinking in them where they held a tag.
    private void Release(int index, ChoiceTracker state, ThinkDecision decision)
    {
        var held = state.Release();
        if (decision == ThinkDecision.Split)
        {
            held = state.Tags.Reasoning.IsEmpty ? [] : [ChunkSplitter.OfReasoning(index, state.Tags.Reasoning)];
        }

        foreach (var record in held)
        {
            layout.Read(record);
            emitter.Emit(record, isReasoning: decision == ThinkDecision.Reasoning);
        }
    }

    // Half of a surrogate pair is no text: such a string is searched as it stands in the JSON.
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
