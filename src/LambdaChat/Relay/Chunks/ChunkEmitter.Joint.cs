using LambdaChat.Json;
using LambdaChat.Relay.Continuations;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

// How the emitter keeps the text for a continuation, and joins a continuation to it.
internal sealed partial class ChunkEmitter
{
    private ByteBuffer? _joined;
    private ChunkLayout? _joinedLayout;

    /// <summary>The text so far; null if it is not kept, because no call can continue the reply.</summary>
    public TextSoFar? Text { get; private set; }

    /// <summary>The comparison of the last continuation with the text before it; null before a continuation.</summary>
    public ContinuationJoint? Joint { get; private set; }

    /// <summary>Keeps the text from here on.</summary>
    public void KeepText() => Text ??= new TextSoFar();

    /// <summary>The next chunks continue the reply.</summary>
    public void Continue(KeptText kept)
    {
        (Joint, Failure) = (new ContinuationJoint(kept), null);
        Usage.Continue(kept);
        Envelope.IsContinued = true;
        _template.Clear();
        for (var i = 0; i < trackers.Length; i++)
        {
            EndThinking(i);
            trackers[i]?.Continue(kept);
        }
    }

    // Keeps the text of a chunk. False if the chunk must not be sent: it is dropped, or another chunk was sent in its place.
    private bool TryKeepText(in Chunk chunk, bool isReasoning)
    {
        ref readonly var choice = ref chunk.Layout.Choice(0);
        var reason = FinishReasons.Of(chunk, choice);
        if (reason == FinishReason.Failed && (Joint is { IsJoined: false } || !choice.HasContent))
        {
            NoteProgress(chunk, choice, trackers.Get(IndexOf(choice))); // It does not end the text.
            return false;
        }

        var text = TextOf(choice, isReasoning);
        var escaped = text.HasText ? text.Text(chunk.Json) : default;
        var isThinking = isReasoning || choice.HasReasoning;
        if (Joint is { IsJoined: false })
        {
            Join(chunk, choice, escaped, isThinking, isLast: reason != FinishReason.None || choice.HasCallOrRefusal);
            return false;
        }

        if (Joint is { IsMisread: true } && choice.HasReasoning)
        {
            EmitJoined(chunk, choice, escaped);
            return false;
        }

        AddText(choice, escaped, isThinking);
        return true;
    }

    private void AddText(in ChoiceLayout choice, ReadOnlySpan<byte> escaped, bool isThinking)
    {
        if (choice.HasCallOrRefusal)
        {
            Text!.Discard();
        }
        else if (!escaped.IsEmpty)
        {
            Text!.Add(escaped, isThinking);
        }
    }

    // Sends what is new in a chunk of a continuation: nothing until the comparison has ended.
    private void Join(in Chunk chunk, in ChoiceLayout choice, ReadOnlySpan<byte> escaped, bool isThinking, bool isLast)
    {
        if (Joint!.IsOutOfPlace)
        {
            return;
        }

        Joint.Add(escaped, isThinking, isLast);
        if (Joint.IsOutOfPlace)
        {
            Usage.DiscardLastCall();
        }
        else if (Joint.IsJoined && (isLast || !Joint.Rest.IsEmpty))
        {
            EmitJoined(chunk, choice, Joint.Rest);
        }
    }

    // Sends a chunk with its text replaced: in the field of the answer, or of the thinking.
    private void EmitJoined(in Chunk chunk, in ChoiceLayout choice, ReadOnlySpan<byte> escaped)
    {
        var isThinking = Joint!.Kept.IsInThinking;
        var name = isThinking ? "reasoning_content"u8 : "content"u8;
        _joined ??= new ByteBuffer(256);
        ChunkSplitter.WriteEscapedText(chunk, choice, format.IsChat ? name : default, escaped, _joined);
        var joined = Chunk.Read(_joined.Span, _joinedLayout ??= new ChunkLayout());
        AddText(joined.Layout.Choice(0), escaped, isThinking);
        EmitOrDivide(joined, isReasoning: false);
    }

    private static JsonMember TextOf(in ChoiceLayout choice, bool isReasoning) =>
        isReasoning || choice.HasReasoning ? ThinkingOf(choice, isReasoning) : choice.Text.HasText ? choice.Text : choice.Content;
}
