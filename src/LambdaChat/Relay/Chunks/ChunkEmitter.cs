using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The last step of a chunk: gives it the form of the contract and sends it. It knows which choices have begun and ended, what was used,
/// and when a choice has had its tokens.
/// </summary>
internal sealed class ChunkEmitter(OutputFormat format, ChunkLayout layout, IChunkOutput output)
{
    private readonly ChunkTemplate _template = new();
    private readonly JsonSplicer _splices = new();
    private readonly ByteBuffer _edited = new(1024);
    private ChoiceTracker?[] _choices = new ChoiceTracker?[1];
    private EnvelopeEditor? _envelopeEditor;
    private DeltaEditor? _deltaEditor;
    private FinishTracker _finish;

    /// <summary>True once every choice that began has its finish reason.</summary>
    public bool IsFinished => _finish.IsComplete;

    /// <summary>True once as many choices as were asked for have their finish reasons.</summary>
    public bool IsComplete => _finish.IsComplete && _finish.StartedChoices >= format.Choices;

    /// <summary>True once a choice has more tokens than it may: nothing more is sent but <see cref="Finish"/>'s.</summary>
    public bool IsCut { get; private set; }

    /// <summary>False once the output wants no more.</summary>
    public bool IsWanted { get; private set; } = true;

    /// <summary>What the reply used; null until the model server says it.</summary>
    public TokenUsage? Usage { get; private set; }

    public EnvelopeEditor Envelope => _envelopeEditor ??= new EnvelopeEditor(format, _splices);

    /// <summary>How many choices there may be states of.</summary>
    public int ChoiceCount => _choices.Length;

    private DeltaEditor Delta => _deltaEditor ??= new DeltaEditor(format.Reasoning, _splices);

    /// <summary>The state of a choice, made where it has none.</summary>
    public ChoiceTracker State(int index)
    {
        if (index >= _choices.Length)
        {
            Array.Resize(ref _choices, index + 1);
        }

        return _choices[index] ??= new ChoiceTracker(format.IsChat ? format.Think : ThinkMode.Off);
    }

    /// <summary>The state of a choice that has begun; null for one that has not.</summary>
    public ChoiceTracker? Find(int index) => _choices[index];

    /// <summary>Sends a record that is like the one before; false where it is not.</summary>
    public bool TryEmitFromTemplate(ReadOnlySpan<byte> record)
    {
        if (!_template.TryWrite(record, _edited))
        {
            return false;
        }

        Count(_template.State!);
        Send(_edited.Span);
        return true;
    }

    /// <summary>Sends a chunk, whose layout is at hand.</summary>
    /// <param name="isReasoning">True where its content is thinking.</param>
    public void Emit(ReadOnlySpan<byte> record, bool isReasoning)
    {
        NoteUsage(record);
        if (layout.ChoiceCount == 0 && format.HidesUsage && layout.Usage.Type == JsonTokenType.StartObject)
        {
            return;
        }

        var isFollowing = layout.ChoiceCount == 1 && State(layout.Choice(0).Index).HasRole;
        _template.Clear();
        _splices.Clear();
        Envelope.Edit(record, layout);
        var isSent = layout.ChoiceCount == 0;
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref layout.Choice(i);
            Envelope.EditChoice(choice, format.IsChat);
            isSent |= !choice.HasDelta || Delta.Edit(record, layout, choice, State(choice.Index), isReasoning);
            _finish.Add(choice.Index, choice.IsFinished);
            if (format.MaxTokens is not null && (choice.Content.HasText || choice.HasReasoning || choice.Text.HasText))
            {
                Count(State(choice.Index));
            }
        }

        if (isSent)
        {
            NoteFinished();
            _edited.Clear();
            _splices.WriteTo(_edited, record);
            Send(OneLine());
            if (isFollowing && _template.IsWanted)
            {
                Remember(record, isReasoning);
            }
        }
    }

    // A chunk that is cut off ends no choice for the client.
    private void NoteFinished()
    {
        for (var i = 0; i < layout.ChoiceCount && !IsCut; i++)
        {
            State(layout.Choice(i).Index).IsFinished |= layout.Choice(i).IsFinished;
        }
    }

    // The next record may be this one with another text.
    private void Remember(ReadOnlySpan<byte> record, bool isReasoning)
    {
        ref readonly var choice = ref layout.Choice(0);
        if (choice.IsFinished || choice.HasToolCalls || layout.Usage.Type == JsonTokenType.StartObject || !choice.HasOneText)
        {
            return;
        }

        var text = choice.Content.HasText ? choice.Content : choice.ReasoningContent.HasText ? choice.ReasoningContent : choice.Reasoning;
        var (start, end) = (text.ValueStart + 1, text.ValueEnd - 1);
        if (_splices.Map(start) is var place and >= 0 && !_edited.Span.ContainsAny((byte)'\n', (byte)'\r'))
        {
            _template.Keep(record, start, end, _edited.Span, place, State(choice.Index), isReasoning);
        }
    }

    private void NoteUsage(ReadOnlySpan<byte> record)
    {
        if (layout.Usage.Type == JsonTokenType.StartObject)
        {
            Usage = TokenUsage.Read(layout.Usage.Value(record));
        }
    }

    /// <summary>Sends a chunk that ends a reply which was cut.</summary>
    public void Finish(ReadOnlySpan<byte> record)
    {
        IsCut = false;
        layout.Read(record);
        Emit(record, isReasoning: false);
        IsCut = true;
    }

    // A server that does not heed max_tokens is stopped here: the token that is one too many is not sent.
    private void Count(ChoiceTracker state)
    {
        state.Tokens++;
        IsCut |= state.Tokens > format.MaxTokens;
    }

    private void Send(ReadOnlySpan<byte> chunk)
    {
        if (!IsCut)
        {
            IsWanted &= output.Write(chunk);
        }
    }

    // A line end between the tokens of a JSON text is white space, and many clients know no event of several lines.
    private ReadOnlySpan<byte> OneLine()
    {
        if (!_edited.Span.ContainsAny((byte)'\n', (byte)'\r'))
        {
            return _edited.Span;
        }

        var text = _edited.Span.ToArray();
        text.AsSpan().Replace((byte)'\n', (byte)' ');
        text.AsSpan().Replace((byte)'\r', (byte)' ');
        return text;
    }
}
