using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Converts the chunks of one reply to the output format: it separates thinking from the answer, and writes a chunk for each choice if the
/// choices need different edits. A chunk that has the output format already is forwarded unchanged. Not thread-safe.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed partial class ChunkNormalizer
{
    private readonly OutputFormat _format;
    private readonly ChunkEmitter _emitter;
    private readonly ThinkSplitter _thinking;
    private readonly ByteBuffer _part = new(256);
    private readonly ByteBuffer _kind = new(256);
    private readonly ByteBuffer _visible = new(256);
    private ChunkLayout? _partLayout; // Each step that writes chunks has its own layout.
    private ChunkLayout? _kindLayout;
    private ChunkLayout? _visibleLayout;

    public ChunkNormalizer(OutputFormat format, IChunkOutput output)
    {
        _format = format;
        Choices = new ChoiceTrackers(format);
        _emitter = new ChunkEmitter(format, Choices, output);
        _thinking = new ThinkSplitter(_emitter);
    }

    public ChoiceTrackers Choices { get; }

    /// <inheritdoc cref="ChunkEmitter.Failure"/>
    public ReplyFailure? Failure => _emitter.Failure;

    /// <inheritdoc cref="ChunkEmitter.IsCut"/>
    public bool IsCut => _emitter.IsCut;

    /// <summary>True once a chunk had text or a tool call.</summary>
    public bool HasContent => _emitter.HasContent;

    /// <summary>False once the output accepts no more chunks, or the model server does not continue the reply.</summary>
    public bool IsWanted => _emitter is { IsWanted: true, Joint: not { IsOutOfPlace: true } };

    /// <summary>The reply's id as JSON.</summary>
    public ReadOnlySpan<byte> Id => _emitter.Envelope.Id;

    /// <summary>The usage that the model server reported; null before that.</summary>
    public TokenUsage? Usage => _emitter.Usage.Total;

    /// <summary>The text so far; null if it is not kept.</summary>
    public TextSoFar? Text => _emitter.Text;

    /// <inheritdoc cref="ChunkEmitter.Joint"/>
    public ContinuationJoint? Joint => _emitter.Joint;

    /// <summary>Keeps the text from here on.</summary>
    public void KeepText() => _emitter.KeepText();

    /// <summary>The next chunks continue the reply.</summary>
    public void Continue(KeptText kept) => _emitter.Continue(kept);

    /// <summary>Sends a record that differs from the previous one only in its text; false for any other record.</summary>
    public bool TryAddFromTemplate(ReadOnlySpan<byte> record) => _emitter.TryEmitFromTemplate(record);

    /// <summary>Takes a chunk.</summary>
    /// <exception cref="JsonException">The chunk is damaged.</exception>
    public void Add(in Chunk chunk)
    {
        _emitter.Envelope.Note(chunk);
        for (var i = 0; i < chunk.Layout.ChoiceCount; i++)
        {
            Choices.TextLength += chunk.Layout.Choice(i).TextLength;
        }

        if (_format.Reasoning == ReasoningOutput.Hidden && HiddenThinking.TryRemove(chunk, _visible))
        {
            AddVisible(Chunk.Read(_visible.Span, _visibleLayout ??= new ChunkLayout()));
        }
        else
        {
            AddVisible(chunk);
        }
    }

    private void AddVisible(in Chunk chunk)
    {
        var count = chunk.Layout.ChoiceCount;
        if (count == 0)
        {
            EndTexts(onlyFinished: true);
            _emitter.Emit(chunk, isReasoning: false);
        }
        else if (count > 1 && MustSplit(chunk))
        {
            for (var i = 0; i < count; i++)
            {
                ChunkSplitter.WriteChoice(chunk, i, _part);
                AddChoice(Chunk.Read(_part.Span, _partLayout ??= new ChunkLayout()));
            }
        }
        else if (count == 1)
        {
            AddChoice(chunk);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                Choices.Get(Choices.IndexOf(chunk.Layout.Choice(i))).NoteTexts(chunk.Layout.Choice(i));
            }

            EndTextsBeforeUsage(chunk);
            _emitter.Emit(chunk, isReasoning: false);
        }
    }

    // A choice has a separate chunk if it ends, if it may exceed its token limit, or if more than the model name is edited.
    private bool MustSplit(in Chunk chunk)
    {
        for (var i = 0; i < chunk.Layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref chunk.Layout.Choice(i);
            if (FinishReasons.Of(chunk, choice) != FinishReason.None || _format.Choices == 1)
            {
                return true;
            }

            var tracker = Choices.Get(Choices.IndexOf(choice));
            if (tracker.HoldsFinish || tracker.Tokens >= _format.MaxTokens
                || (choice.Content.HasText && (choice.HasReasoning || !tracker.Tags.IsAnswer)) || tracker.Tags.IsHolding)
            {
                return true;
            }
        }

        return _format.Reasoning is ReasoningOutput.Think or ReasoningOutput.Hidden;
    }

    private void AddChoice(in Chunk chunk)
    {
        ref readonly var choice = ref chunk.Layout.Choice(0);
        var tracker = Choices.Get(Choices.IndexOf(choice));
        tracker.NoteTexts(choice);
        EndTextsBeforeUsage(chunk);
        if (!_format.IsChat)
        {
            _emitter.Emit(chunk, isReasoning: false);
            return;
        }

        if (choice.HasReasoning && !tracker.Tags.IsAnswer)
        {
            _thinking.TurnOff(tracker);
        }

        if (choice.HasReasoning && choice.Content.HasText)
        {
            AddKinds(chunk, tracker);
        }
        else
        {
            AddText(chunk, choice, tracker);
        }
    }

    // Clients that check for thinking first ignore an answer in the same chunk.
    private void AddKinds(in Chunk chunk, ChoiceTracker tracker)
    {
        _kindLayout ??= new ChunkLayout();
        var logprobs = ContentLogprobs.Divide(chunk, chunk.Layout.Choice(0));
        ChunkSplitter.WriteReasoning(chunk, logprobs, _kind);
        _emitter.Emit(Chunk.Read(_kind.Span, _kindLayout), isReasoning: false);
        ChunkSplitter.WriteWithoutReasoning(chunk, logprobs, _kind);
        var rest = Chunk.Read(_kind.Span, _kindLayout);
        AddText(rest, rest.Layout.Choice(0), tracker);
    }

    private void AddText(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker)
    {
        if (choice.Content.HasText && !tracker.Tags.IsAnswer)
        {
            _thinking.Edit(chunk, choice, tracker);
        }
        else
        {
            _thinking.EditWithoutText(chunk, choice, tracker);
        }
    }
}
