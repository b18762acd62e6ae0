using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

// How the emitter divides a chunk that begins the thinking at its first blank line. NextChat does not look for one in the first piece.
internal sealed partial class ChunkEmitter
{
    private readonly ByteBuffer _part = new(256);
    private ChunkLayout? _partLayout;

    private static JsonMember ThinkingOf(in ChoiceLayout choice, bool isReasoning) =>
        isReasoning ? choice.Content : choice.ReasoningContent.HasText ? choice.ReasoningContent : choice.Reasoning;

    private int FindThinkingCut(in Chunk chunk, in ChoiceLayout choice, bool isReasoning)
    {
        var text = ThinkingOf(choice, isReasoning);
        return text.HasText && !IsCut ? trackers.Get(IndexOf(choice)).Thinking.FindCut(text.Text(chunk.Json)) : 0;
    }

    private void EmitDivided(in Chunk chunk, in ChoiceLayout choice, int cut, bool isReasoning)
    {
        _partLayout ??= new ChunkLayout();
        var text = ThinkingOf(choice, isReasoning);
        ChunkSplitter.WriteReasoning(chunk, text.Text(chunk.Json)[..cut], _part);
        var first = Chunk.Read(_part.Span, _partLayout);
        EmitChoice(first, first.Layout.Choice(0), isReasoning: false);
        trackers.Get(IndexOf(choice)).Tokens--; // The rest of the chunk counts as the token.
        ChunkSplitter.WriteRest(chunk, text, cut, _part);
        var rest = Chunk.Read(_part.Span, _partLayout);
        EmitChoice(rest, rest.Layout.Choice(0), isReasoning);
    }
}
