using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Continuations;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

// How the emitter keeps the text for a continuation, and joins a continuation to it.
internal sealed partial class ChunkEmitter
{
    private ByteBuffer? _joined;
    private TextSoFar? _text; // Null if the reply is not continued.
    private JointFilter? _joint; // Null outside the beginning of a continuation.
    private JointFilter? _misread; // The same for an answer that the model server sends as thinking.
    private KeptText? _kept;
    private ChunkLayout? _joinedLayout;
    private TokenUsage? _earlierUsage; // Of the calls before the last one.
    private bool _isMisread;

    /// <summary>The text so far; null if it is not kept.</summary>
    public TextSoFar? Text => _text;

    /// <summary>How the continuation relates to the text that was sent; undecided before it begins.</summary>
    public JointState Joint { get; private set; }

    /// <summary>True while a continuation has not been compared with the text before it.</summary>
    public bool IsJoining => _joint is not null;

    /// <summary>True if the last continuation does not continue the text: nothing of it was sent.</summary>
    public bool IsOutOfPlace => Joint is JointState.Differs or JointState.StartsAnew;

    /// <summary>
    /// The start of the last continuation, if it has other words than the text that was sent; else null. Empty if no answer starts with it.
    /// </summary>
    public string? OtherText => Joint == JointState.Differs ? _joint!.Other : null;

    /// <summary>Keeps the text from here on.</summary>
    public void KeepText() => _text ??= new TextSoFar();

    /// <summary>The next chunks continue the reply.</summary>
    public void Continue(KeptText kept)
    {
        var isJoined = kept.Sent.Length > 0;
        (_kept, _joint, _misread) = (kept, isJoined ? new JointFilter(kept) : null, new JointFilter(kept, isStrict: true));
        (Joint, Failure, _isMisread) = (isJoined ? JointState.Undecided : JointState.Continues, null, false);
        _earlierUsage = Usage;
        Envelope.IsContinued = true;
        _template.Clear();
        for (var i = 0; i < trackers.Length; i++)
        {
            EndThinking(i);
            trackers[i]?.Continue(kept);
        }
    }

    // Keeps the text of a chunk. False if the chunk must not be sent: it is dropped, or another chunk was sent in its place.
    private bool TryPassJoint(in Chunk chunk, bool isReasoning)
    {
        ref readonly var choice = ref chunk.Layout.Choice(0);
        var reason = FinishReasons.Of(chunk, choice);
        if (reason == FinishReason.Failed && (_joint is not null || !choice.HasContent))
        {
            NoteProgress(chunk, choice, trackers.Get(IndexOf(choice))); // It does not end the text.
            return false;
        }

        if (_joint is not null)
        {
            return TryJoin(chunk, choice, reason, isReasoning);
        }

        if (_isMisread && choice.HasReasoning)
        {
            EmitJoined(chunk, choice, TextOf(choice, isReasoning).Text(chunk.Json));
            return false;
        }

        if (choice.HasToolCalls || choice.HasRefusalOrLegacyCall)
        {
            _text!.Discard();
        }
        else if (TextOf(choice, isReasoning) is { HasText: true } text)
        {
            _text!.Add(text.Text(chunk.Json), isReasoning || choice.HasReasoning);
        }

        return true;
    }

    private static JsonMember TextOf(in ChoiceLayout choice, bool isReasoning) =>
        isReasoning || choice.HasReasoning ? ThinkingOf(choice, isReasoning) : choice.Text.HasText ? choice.Text : choice.Content;

    private bool TryJoin(in Chunk chunk, in ChoiceLayout choice, FinishReason reason, bool isReasoning)
    {
        if (IsOutOfPlace)
        {
            return false;
        }

        var filter = Feed(chunk, choice, isReasoning);
        if (filter.State == JointState.Undecided && (reason != FinishReason.None || choice.HasToolCalls || choice.HasRefusalOrLegacyCall))
        {
            EndJoint(filter);
        }

        Joint = filter.State;
        if (Joint != JointState.Continues)
        {
            Usage = IsOutOfPlace ? _earlierUsage : Usage; // Nothing of this call is a part of the reply.
            return false;
        }

        _joint = null;
        if (!filter.Rest.IsEmpty || reason != FinishReason.None || choice.HasToolCalls || choice.HasRefusalOrLegacyCall)
        {
            EmitJoined(chunk, choice, filter.Rest);
        }

        return false;
    }

    private void EndJoint(JointFilter filter)
    {
        if (filter.IsEmpty && !_misread!.IsEmpty)
        {
            filter.Refuse(); // The continuation consists of new thinking only.
        }

        filter.End();
    }

    // Passes the text of a chunk to the filter that compares it. An answer that follows new thinking still continues the earlier answer.
    private JointFilter Feed(in Chunk chunk, in ChoiceLayout choice, bool isReasoning)
    {
        var text = TextOf(choice, isReasoning);
        var isThinking = text.HasText && (isReasoning || choice.HasReasoning);
        if (text.HasText && isThinking == _kept!.IsInThinking)
        {
            _joint!.Add(text.Text(chunk.Json));
        }
        else if (isThinking && _misread!.State == JointState.Undecided)
        {
            _misread.Add(text.Text(chunk.Json));
            _isMisread = _misread.State == JointState.Continues && _joint!.IsEmpty && _kept!.IsInSentence;
        }
        else if (text.HasText && !isThinking)
        {
            _joint!.Refuse(); // An answer instead of the thinking.
        }

        return _isMisread ? _misread! : _joint!;
    }

    // Sends a chunk with its text replaced: in the field of the answer, or of the thinking.
    private void EmitJoined(in Chunk chunk, in ChoiceLayout choice, ReadOnlySpan<byte> text)
    {
        var name = _kept!.IsInThinking ? "reasoning_content"u8 : "content"u8;
        _joined ??= new ByteBuffer(256);
        ChunkSplitter.WriteEscapedText(chunk, choice, format.IsChat ? name : default, text, _joined);
        var joined = Chunk.Read(_joined.Span, _joinedLayout ??= new ChunkLayout());
        ref readonly var joinedChoice = ref joined.Layout.Choice(0);
        if (text.Length > 0)
        {
            _text!.Add(text, _kept.IsInThinking);
        }

        if (joinedChoice.HasToolCalls || joinedChoice.HasRefusalOrLegacyCall)
        {
            _text!.Discard();
        }

        EmitKept(joined, isReasoning: false);
    }

    private void EditEnvelope(in Chunk chunk)
    {
        Envelope.Edit(chunk);
        ref readonly var usage = ref chunk.Layout.Usage;
        if (usage.Exists && UsageEditor.Replace(usage.Value(chunk.Json), UsageEditor.None) is { } other)
        {
            _splices.Add(usage.ValueStart, usage.ValueEnd - usage.ValueStart, other);
        }
        else if (_kept is not null && chunk.Layout.Usage.Type == JsonTokenType.StartObject && Usage is { } whole)
        {
            UsageEditor.Edit(chunk, whole, _kept.ThinkingTokens, _splices);
        }
    }

    // The prompt of a continuation contains the text before it.
    private void NoteUsage(in Chunk chunk)
    {
        if (chunk.Layout.Usage.Type != JsonTokenType.StartObject)
        {
            return;
        }

        var usage = TokenUsage.Read(chunk.Layout.Usage.Value(chunk.Json));
        Usage = _kept is not null && usage is { } own ? OfWholeReply(own) : usage;
    }

    private TokenUsage OfWholeReply(TokenUsage usage)
    {
        var prompt = _earlierUsage?.Prompt ?? Math.Max(0, usage.Prompt - _kept!.PromptTokens);
        return new TokenUsage(prompt, usage.Completion + _kept!.Tokens)
        {
            Cached = usage.Cached is { } cached ? Math.Min(cached, prompt) : null,
            Reasoning = usage.Reasoning + _kept.ThinkingTokens,
        };
    }
}
