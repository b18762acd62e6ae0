using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;

namespace LambdaChat.Tests.Support;

/// <summary>Translates the records of one reply, and ends it as the relay does.</summary>
internal sealed class Translation(OutputFormat format, IChunkOutput output)
{
    private readonly RecordTranslator _translator = new(format, output);

    public bool IsDone { get; private set; }

    public ReplyFailure? Failure => _translator.Failure;

    public bool IsCut => _translator.Chunks.IsCut;

    /// <summary>True once each choice that has begun has its finish reason.</summary>
    public bool IsFinished => _translator.Chunks.Choices.AreFinished;

    /// <summary>True once all requested choices have their finish reasons.</summary>
    public bool IsComplete => IsFinished && _translator.Chunks.Choices.Started >= format.Choices;

    public TokenUsage? Usage => _translator.Chunks.Usage;

    /// <inheritdoc cref="ChoiceTrackers.RecordTokens"/>
    public long RecordTokens => _translator.Chunks.Choices.RecordTokens;

    public ReadOnlySpan<byte> Id => _translator.Chunks.Id;

    public bool TryEdit(ReadOnlySpan<byte> record) => TryRead(new ServerRecord(record, RecordKind.Message));

    public bool TryRead(in ServerRecord record)
    {
        if (record.IsDone)
        {
            IsDone = true;
            return false;
        }

        return _translator.TryRead(record);
    }

    /// <summary>The next record is late.</summary>
    public void SendHeldContent() => _translator.Chunks.SendHeldContent();

    /// <summary>Ends the reply after a normal end or a fault. Null for a complete reply.</summary>
    public ReplyFailure? End(ReplyFailure? fault = null, ReadOnlySpan<byte> text = default)
    {
        _translator.EndTexts();
        var failure = ReplyEnd.Decide(_translator.Chunks.Choices, format, IsDone || IsCut, _translator.Failure ?? fault, text);
        if (failure is null)
        {
            _translator.Chunks.Finish();
        }

        _translator.Chunks.EndChoices(isComplete: failure is null);
        return failure;
    }
}
