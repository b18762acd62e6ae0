using System.Buffers;
using System.Text;
using System.Text.Json;
using LambdaChat.Errors;
using LambdaChat.Reasoning;

namespace LambdaChat.Chat.Chunks;

/// <summary>
/// Makes the records of any model server chunks of one _contract. What is right passes as the bytes that came; the rest is spliced; only
/// records of another kind (token lines, whole completions, text with think tags) are written anew. It also knows whether the reply is whole.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ChunkEditor
{
    private readonly ChunkContract _contract;
    private readonly ChunkLayout _layout = new();
    private readonly ChunkEmitter _emitter;
    private readonly ByteBuffer _converted = new(256);
    private readonly ArrayBufferWriter<byte> _text = new(64);

    public ChunkEditor(ChunkContract contract, IChunkOutput output)
    {
        _contract = contract;
        _emitter = new ChunkEmitter(contract, _layout, output);
    }

    /// <summary>The error that the model server sent in place of a chunk; null while there was none.</summary>
    public RelayFailure? Failure { get; private set; }

    /// <summary>True once every choice that began has its finish reason.</summary>
    public bool IsFinished => _emitter.IsFinished;

    /// <summary>True once as many choices as were asked for have their finish reasons.</summary>
    public bool IsComplete => _emitter.IsComplete;

    /// <summary>True once a choice has more tokens than it may: the reply ends before that.</summary>
    public bool IsCut => _emitter.IsCut;

    /// <summary>The reply's id as a JSON text.</summary>
    public ReadOnlySpan<byte> Id => _emitter.Envelope.Id;

    /// <summary>What the reply used; null until the model server says it.</summary>
    public TokenUsage? Usage => _emitter.Usage;

    /// <summary>Takes one record, JSON; false after an error, and where no more is wanted.</summary>
    public bool TryEdit(ReadOnlySpan<byte> record)
    {
        try
        {
            if (!_emitter.TryEmitAlike(record))
            {
                Edit(record);
            }
        }
        catch (Exception exception) when (IsOfRecord(exception))
        {
            Failure = new RelayFailure(RelayError.CorruptStream);
        }

        return Failure is null && _emitter.IsWanted && !IsCut;
    }

    /// <summary>The stream has ended: sends what waited for more text.</summary>
    public void End()
    {
        try
        {
            for (var i = 0; i < _emitter.ChoiceCount; i++)
            {
                if (_emitter.Find(i) is { Tags.IsHolding: true } state)
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
        for (var i = 0; i < _emitter.ChoiceCount; i++)
        {
            if (_emitter.Find(i) is { IsFinished: false })
            {
                _emitter.Finish(Encoding.UTF8.GetBytes(_contract.IsChat
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

    private void EditTokenLine(ReadOnlySpan<byte> record)
    {
        _converted.Clear();
        TokenLine.Read(record, _layout).WriteChunk(_converted);
        if (!_emitter.TryEmitAlike(_converted.Span))
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
        _emitter.Envelope.Note(record, _layout);
        if (_layout.ChoiceCount > 1 && _contract.IsChat && NeedsCare())
        {
            EditAll(SplitRecords.ByChoice(record, _layout));
        }
        else if (_layout.ChoiceCount == 1 && _contract.IsChat)
        {
            EditChoice(record, _layout.Choice(0));
        }
        else
        {
            _emitter.Emit(record, isReasoning: false);
        }
    }

    // More than a new name.
    private bool NeedsCare()
    {
        for (var i = 0; i < _layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref _layout.Choice(i);
            if (choice.Content.HasText && (choice.HasReasoning || !_emitter.State(choice.Index).Tags.IsAnswer) || _emitter.State(choice.Index).Tags.IsHolding)
            {
                return true;
            }
        }

        return _contract.Reasoning is ReasoningOutput.Think or ReasoningOutput.Hidden;
    }

    private void EditChoice(ReadOnlySpan<byte> record, in ChoiceLayout choice)
    {
        var state = _emitter.State(choice.Index);
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

        _emitter.Emit(record, isReasoning: false);
    }

    private void EditText(ReadOnlySpan<byte> record, in ChoiceLayout choice, ChoiceState state)
    {
        var text = choice.Content.Text(record);
        if (state.Tags.IsThinking && !ThinkTags.MayHoldTag(text))
        {
            _emitter.Emit(record, isReasoning: true);
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
            _emitter.Emit(last, isReasoning: false);
        }
        else if (verdict != ThinkVerdict.Split)
        {
            _layout.Read(record);
            _emitter.Emit(record, verdict == ThinkVerdict.Reasoning);
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
            _emitter.Emit(record, isReasoning: verdict == ThinkVerdict.Reasoning);
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
