using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Relay.Dialects;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Makes the records of any model server chunks of one contract. What is right passes as the bytes that came; the rest is spliced; only
/// records of another kind (token lines, whole completions, text with think tags) are written anew. It also knows whether the reply is whole.
/// Source: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
/// </summary>
internal sealed class ChunkEditor
{
    private readonly OutputFormat _format;
    private readonly ChunkLayout _layout = new();
    private readonly ChunkEmitter _emitter;
    private readonly ThinkEditor _thinking;
    private readonly ByteBuffer _converted = new(256);

    public ChunkEditor(OutputFormat format, IChunkOutput output)
    {
        _format = format;
        _emitter = new ChunkEmitter(format, _layout, output);
        _thinking = new ThinkEditor(_layout, _emitter);
    }

    /// <summary>The error that the model server sent in place of a chunk; null while there was none.</summary>
    public ReplyFailure? Failure { get; private set; }

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
            if (!_emitter.TryEmitFromTemplate(record))
            {
                Edit(record);
            }
        }
        catch (Exception exception) when (IsOfRecord(exception))
        {
            Failure = new ReplyFailure(FailureKind.CorruptStream);
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
                if (_emitter.Find(i) is { } state)
                {
                    _thinking.End(i, state);
                }
            }
        }
        catch (Exception exception) when (IsOfRecord(exception))
        {
            Failure ??= new ReplyFailure(FailureKind.CorruptStream);
        }
    }

    /// <summary>Ends the choices of a reply that is cut, each with the finish reason <c>length</c>.</summary>
    public void EndCut()
    {
        for (var i = 0; i < _emitter.ChoiceCount; i++)
        {
            if (_emitter.Find(i) is { IsFinished: false })
            {
                _emitter.Finish(Encoding.UTF8.GetBytes(_format.IsChat
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
            EditAll(NonChunkRecords.FromArray(record));
            return;
        }

        _layout.Read(record);
        if (NonChunkRecords.FindError(record, _layout) is { } failure)
        {
            Failure = failure;
        }
        else if (_layout.Token.Exists)
        {
            EditTokenLine(record);
        }
        else if (NonChunkRecords.Convert(record, _layout) is { } records)
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
        TokenStreamRecord.Read(record, _layout).WriteChunk(_converted);
        if (!_emitter.TryEmitFromTemplate(_converted.Span))
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
        if (_layout.ChoiceCount > 1 && _format.IsChat && NeedsCare())
        {
            EditAll(ChunkSplitter.ByChoice(record, _layout));
        }
        else if (_layout.ChoiceCount == 1 && _format.IsChat)
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

        return _format.Reasoning is ReasoningOutput.Think or ReasoningOutput.Hidden;
    }

    private void EditChoice(ReadOnlySpan<byte> record, in ChoiceLayout choice)
    {
        var state = _emitter.State(choice.Index);
        if (choice.HasReasoning && !state.Tags.IsAnswer)
        {
            _thinking.TurnOff(choice.Index, state);
            _layout.Read(record);
        }

        if (choice.HasReasoning && choice.Content.HasText)
        {
            // Clients that look for thinking first overlook the answer beside it.
            EditAll(ChunkSplitter.ByKind(record, _layout));
        }
        else if (choice.Content.HasText && !state.Tags.IsAnswer)
        {
            _thinking.Edit(record, choice, state);
        }
        else
        {
            _thinking.EditWithoutText(record, choice, state);
        }
    }
}
