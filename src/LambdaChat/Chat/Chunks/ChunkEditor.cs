using System.Buffers;
using System.Text;
using System.Text.Json;
using LambdaChat.Errors;
using LambdaChat.Reasoning;

namespace LambdaChat.Chat.Chunks;

/// <summary>
/// Makes the records of any model server chunks of one contract. What is right passes as the bytes that came; the rest is spliced; only
/// records of another kind (token lines, whole completions, text with think tags) are written anew. It also knows whether the reply is whole.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ChunkEditor(ChunkContract contract, IChunkOutput output)
{
    private readonly ChunkLayout _layout = new();
    private readonly ChunkTemplate _template = new();
    private readonly Splices _splices = new();
    private readonly ByteBuffer _edited = new(1024);
    private readonly ByteBuffer _converted = new(256);
    private readonly ArrayBufferWriter<byte> _text = new(64);
    private ChoiceState?[] _choices = new ChoiceState?[1];
    private EnvelopeEditor? _envelopeEditor;
    private DeltaEditor? _deltaEditor;
    private FinishTracker _finish;
    private bool _isWanted = true;
    private bool _isEnding; // What is sent now ends a reply that was cut.

    /// <summary>The error that the model server sent in place of a chunk; null while there was none.</summary>
    public RelayFailure? Failure { get; private set; }

    /// <summary>True once every choice that began has its finish reason.</summary>
    public bool IsFinished => _finish.IsComplete;

    /// <summary>True once as many choices as were asked for have their finish reasons.</summary>
    public bool IsComplete => _finish.IsComplete && _finish.Begun >= contract.Choices;

    /// <summary>True once a choice has more tokens than it may: the reply ends before that.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The reply's id as a JSON text.</summary>
    public ReadOnlySpan<byte> Id => Envelope.Id;

    /// <summary>What the reply used; null until the model server says it.</summary>
    public TokenUsage? Usage { get; private set; }

    private EnvelopeEditor Envelope => _envelopeEditor ??= new EnvelopeEditor(contract, _splices);

    private DeltaEditor Delta => _deltaEditor ??= new DeltaEditor(contract.Reasoning, _splices);

    /// <summary>Takes one record, JSON; false after an error, and where no more is wanted.</summary>
    public bool TryEdit(ReadOnlySpan<byte> record)
    {
        try
        {
            if (!TryEditAlike(record))
            {
                Edit(record);
            }
        }
        catch (Exception exception) when (IsOfRecord(exception))
        {
            Failure = new RelayFailure(RelayError.CorruptStream);
        }

        return Failure is null && _isWanted && !IsCut;
    }

    /// <summary>The stream has ended: sends what waited for more text.</summary>
    public void End()
    {
        try
        {
            for (var i = 0; i < _choices.Length; i++)
            {
                if (_choices[i] is { Tags.IsHolding: true } state)
                {
                    Release(i, state, state.Tags.End());
                }
            }
        }
        catch (Exception exception) when (IsOfRecord(exception))
        {
            Failure ??= new RelayFailure(RelayError.CorruptStream);
        }
    }

    /// <summary>Ends the choices of a reply that is cut, each with the finish reason <c>length</c>.</summary>
    public void EndCut()
    {
        _isEnding = true;
        for (var i = 0; i < _choices.Length; i++)
        {
            if (_choices[i] is { IsFinished: false })
            {
                Edit(Encoding.UTF8.GetBytes(contract.IsChat
                    ? $$"""{"choices":[{"index":{{i}},"delta":{},"finish_reason":"length"}]}"""
                    : $$"""{"choices":[{"index":{{i}},"text":"","finish_reason":"length"}]}"""));
            }
        }
    }

    // What reading a record can throw that is no JSON, or has texts that are none.
    private static bool IsOfRecord(Exception exception) => exception is JsonException or InvalidOperationException or FormatException;

    private void Edit(ReadOnlySpan<byte> record)
    {
        if (record.TrimStart(" \t\r\n"u8).StartsWith("["u8))
        {
            EditAll(ForeignRecords.FromArray(record));
            return;
        }

        _layout.Read(record);
        if (ForeignRecords.FindError(record, _layout) is { } failure)
        {
            Failure = failure;
        }
        else if (_layout.Token.Exists)
        {
            EditTokenLine(record);
        }
        else if (ForeignRecords.Convert(record, _layout) is { } records)
        {
            EditAll(records);
        }
        else
        {
            EditChunk(record);
        }
    }

    private bool TryEditAlike(ReadOnlySpan<byte> record)
    {
        if (!_template.TryWrite(record, _edited))
        {
            return false;
        }

        Count(_template.State!);
        Send(_edited.Span);
        return true;
    }

    // A server that does not heed max_tokens is stopped here: the token that is one too many is not sent.
    private void Count(ChoiceState state)
    {
        state.Tokens++;
        IsCut |= state.Tokens > contract.MaxTokens;
    }

    private void Send(ReadOnlySpan<byte> chunk)
    {
        if (!IsCut || _isEnding)
        {
            _isWanted &= output.Write(chunk);
        }
    }

    private void EditTokenLine(ReadOnlySpan<byte> record)
    {
        _converted.Clear();
        TokenLine.Read(record, _layout).WriteChunk(_converted);
        if (!TryEditAlike(_converted.Span))
        {
            _layout.Read(_converted.Span);
            EditChunk(_converted.Span);
        }
    }

    private void EditAll(List<byte[]> records)
    {
        foreach (var record in records)
        {
            Edit(record);
        }
    }

    private void EditChunk(ReadOnlySpan<byte> record)
    {
        Envelope.Note(record, _layout);
        if (_layout.ChoiceCount > 1 && contract.IsChat && NeedsCare())
        {
            EditAll(SplitRecords.ByChoice(record, _layout));
        }
        else if (_layout.ChoiceCount == 1 && contract.IsChat)
        {
            EditChoice(record, _layout.Choice(0));
        }
        else
        {
            Emit(record, isReasoning: false);
        }
    }

    // More than a new name.
    private bool NeedsCare()
    {
        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref _layout.Choice(i);
            if (choice.Content.HasText && (choice.HasReasoning || !State(choice.Index).Tags.IsAnswer) || State(choice.Index).Tags.IsHolding)
            {
                return true;
            }
        }

        return contract.Reasoning is ReasoningOutput.Think or ReasoningOutput.Hidden;
    }

    private void EditChoice(ReadOnlySpan<byte> record, in ChoiceLayout choice)
    {
        var state = State(choice.Index);
        if (choice.HasReasoning && !state.Tags.IsAnswer)
        {
            Release(choice.Index, state, ThinkVerdict.Content);
            state.Tags.TurnOff();
            _layout.Read(record);
        }

        if (choice.HasReasoning && choice.Content.HasText)
        {
            // Clients that look for thinking first overlook the answer beside it.
            EditAll(SplitRecords.ByKind(record, _layout));
        }
        else if (choice.Content.HasText && !state.Tags.IsAnswer)
        {
            EditText(record, choice, state);
        }
        else
        {
            EditWithoutText(record, choice, state);
        }
    }

    private void EditWithoutText(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceState state)
    {
        if (state.Tags.IsHolding && (choice.IsFinished || choice.HasToolCalls))
        {
            Release(choice.Index, state, state.Tags.End());
            _layout.Read(record);
        }

        Emit(record, isReasoning: false);
    }

    private void EditText(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceState state)
    {
        var text = choice.Content.Text(record);
        if (state.Tags.IsThinking && !ThinkTags.MayHoldTag(text))
        {
            Emit(record, isReasoning: true);
            return;
        }

        var (index, isFinished) = (choice.Index, choice.IsFinished);
        var verdict = state.Tags.Feed(Unescape(choice.Content.Value(record), otherwise: text));
        verdict = verdict == ThinkVerdict.Held && isFinished ? state.Tags.End() : verdict;
        if (verdict == ThinkVerdict.Held)
        {
            state.Hold(record);
            return;
        }

        var last = verdict == ThinkVerdict.Split ? SplitRecords.WithContent(record, _layout, state.Tags.Content) : null;
        Release(index, state, verdict);
        if (last is not null)
        {
            _layout.Read(last);
            Emit(last, isReasoning: false);
        }
        else if (verdict != ThinkVerdict.Split)
        {
            _layout.Read(record);
            Emit(record, verdict == ThinkVerdict.Reasoning);
        }
    }

    // Sends the records held before, or the thinking in them where they held a tag.
    private void Release(int index, ChoiceState state, ThinkVerdict verdict)
    {
        var held = state.Release();
        if (verdict == ThinkVerdict.Split)
        {
            held = state.Tags.Reasoning.IsEmpty ? [] : [SplitRecords.OfReasoning(index, state.Tags.Reasoning)];
        }

        foreach (var record in held)
        {
            _layout.Read(record);
            Emit(record, isReasoning: verdict == ThinkVerdict.Reasoning);
        }
    }

    // The last step: the record is a chunk, and its layout is at hand.
    private void Emit(ReadOnlySpan<byte> record, bool isReasoning)
    {
        NoteUsage(record);
        if (_layout.ChoiceCount == 0 && contract.HidesUsage && _layout.Usage.Type == JsonTokenType.StartObject)
        {
            return;
        }

        var isFollowing = _layout.ChoiceCount == 1 && State(_layout.Choice(0).Index).HasRole;
        _template.Clear();
        _splices.Clear();
        Envelope.Edit(record, _layout);
        var isSent = _layout.ChoiceCount == 0;
        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref _layout.Choice(i);
            Envelope.EditChoice(choice, contract.IsChat);
            isSent |= !choice.HasDelta || Delta.Edit(record, _layout, choice, State(choice.Index), isReasoning);
            _finish.Add(choice.Index, choice.IsFinished);
            if (contract.MaxTokens is not null && (choice.Content.HasText || choice.HasReasoning || choice.Text.HasText))
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
        for (var i = 0; i < _layout.ChoiceCount && (!IsCut || _isEnding); i++)
        {
            State(_layout.Choice(i).Index).IsFinished |= _layout.Choice(i).IsFinished;
        }
    }

    // The next record may be this one with another text.
    private void Remember(ReadOnlySpan<byte> record, bool isReasoning)
    {
        ref readonly var choice = ref _layout.Choice(0);
        if (choice.IsFinished || choice.HasToolCalls || _layout.Usage.Type == JsonTokenType.StartObject || !choice.HasOneText)
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
        if (_layout.Usage.Type == JsonTokenType.StartObject)
        {
            Usage = TokenUsage.Read(_layout.Usage.Value(record));
        }
    }

    private ChoiceState State(int index)
    {
        if (index >= _choices.Length)
        {
            Array.Resize(ref _choices, index + 1);
        }

        return _choices[index] ??= new ChoiceState(contract.IsChat ? contract.Think : ThinkMode.Off);
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
