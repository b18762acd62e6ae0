using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

// How the emitter divides a chunk that begins the thinking at its first blank line, because NextChat does not look for one in the first
// piece, and how it ends the thinking.
internal sealed partial class ChunkEmitter
{
    private readonly ByteBuffer _part = new(256);
    private ChunkLayout? _partLayout;

    /// <summary>The thinking of a choice ends: sends what waited because it may have been a part of a tag.</summary>
    public void EndThinking(int index)
    {
        if (trackers[index] is not { Thinking.HoldsTag: true } tracker)
        {
            return;
        }

        _part.Clear();
        _part.Append("{\"choices\":[{\"index\":"u8);
        _part.AppendNumber(index);
        _part.Append(",\"delta\":{\"reasoning_content\":\""u8);
        _part.Append(tracker.Thinking.TakeTag());
        _part.Append("\"}}]}"u8);
        var chunk = Chunk.Read(_part.Span, _partLayout ??= new ChunkLayout());
        tracker.Tokens--; // It was counted when it came.
        EmitChoice(chunk, chunk.Layout.Choice(0), isReasoning: false);
    }

    private void EndThinkingBefore(in Chunk chunk, in ChoiceLayout choice, bool isReasoning)
    {
        var index = IndexOf(choice);
        if (index < trackers.Length && trackers[index] is { Thinking.HoldsTag: true } && !isReasoning && !choice.HasReasoning
            && EndsThinking(chunk, choice))
        {
            EndThinking(index);
        }
    }

    private static bool EndsThinking(in Chunk chunk, in ChoiceLayout choice) =>
        choice.HasCallOrRefusal || HasWords(chunk, choice) || FinishReasons.Of(chunk, choice) != FinishReason.None;

    private static JsonMember ThinkingOf(in ChoiceLayout choice, bool isReasoning) =>
        isReasoning ? choice.Content : choice.Thinking;

    private int FindThinkingCut(in Chunk chunk, in ChoiceLayout choice, bool isReasoning)
    {
        var text = ThinkingOf(choice, isReasoning);
        return text.HasText ? trackers.Get(IndexOf(choice)).Thinking.FindCut(text.Text(chunk.Json)) : 0;
    }

    private void EmitDivided(in Chunk chunk, in ChoiceLayout choice, int cut, bool isReasoning)
    {
        _partLayout ??= new ChunkLayout();
        var text = ThinkingOf(choice, isReasoning);
        ChunkSplitter.WriteEscapedReasoning(chunk, text.Text(chunk.Json)[..cut], _part);
        var first = Chunk.Read(_part.Span, _partLayout);
        EmitChoice(first, first.Layout.Choice(0), isReasoning: false);
        trackers.Get(IndexOf(choice)).Tokens--; // The rest of the chunk counts as the token.
        ChunkSplitter.WriteRest(chunk, text, cut, _part);
        var rest = Chunk.Read(_part.Span, _partLayout);
        EmitChoice(rest, rest.Layout.Choice(0), isReasoning);
    }
}
