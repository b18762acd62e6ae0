using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Continuations;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Translates the records of any model server into the chunks of one reply. A record that is not a chunk, an error,
/// or of a known dialect is skipped. A new dialect is added to <c>ChatDialects</c>. Not thread-safe.
/// </summary>
internal sealed class RecordTranslator(OutputFormat format, IChunkOutput output)
{
    private const int MaximumNesting = 4; // An array of a completion of chunk variants.

    private static readonly IDialect[] ChatDialects =
        [new TokenStreamRecords(), new WholeCompletions(), new GeneratedTextRecords(), new OllamaRecords(), new ChunkVariants()];

    private static readonly IDialect[] CompletionDialects =
        [new TokenStreamRecords(), new GeneratedTextRecords(), new OllamaRecords(), new ChatChunksAsText()];

    private readonly IDialect[] _dialects = format.IsChat ? ChatDialects : CompletionDialects;
    private readonly Level?[] _levels = new Level?[MaximumNesting + 1];
    private readonly ChunkNormalizer _chunks = new(format, output);
    private ByteBuffer? _repaired;
    private bool _isPooling; // A record was embeddings or scores.
    private bool _isRead; // The record is JSON: a part of it may have been sent.

    /// <summary>Why the reply failed: the model server's error, or a damaged record. Null if it did not fail.</summary>
    public ReplyFailure? Failure { get => field ?? _chunks.Failure; private set; }

    /// <summary>True if a record was a part of a stream, and no document.</summary>
    public bool IsStream { get; private set; }

    /// <summary>The number of records so far, without the model server's heartbeats.</summary>
    public int Count { get; private set; }

    /// <summary>The chunks of the reply so far.</summary>
    public ChunkNormalizer Chunks => _chunks;

    /// <summary>Translates one record. False after an error, and if no more records are needed.</summary>
    public bool TryRead(in ServerRecord record)
    {
        if (record.Kind is RecordKind.Error or RecordKind.Text)
        {
            Failure = ErrorRecords.OfText(record.Data);
        }
        else if (_chunks.TryAddFromTemplate(record.Data))
        {
            Count++;
        }
        else if (!IsSkipped(record))
        {
            Translate(record.Data);
            Count += Failure is null ? 1 : 0;
        }

        _chunks.Choices.NoteRecords(Count);
        return Failure is null && _chunks.IsWanted && !_chunks.IsCut;
    }

    /// <summary>The next records continue the reply.</summary>
    public void Continue(KeptText kept)
    {
        Failure = null;
        _chunks.Continue(kept);
    }

    /// <summary>Sends the held text of choices that have a finish reason.</summary>
    public void EndFinishedTexts() => End(onlyFinished: true);

    /// <summary>Sends the held text at the end of the stream.</summary>
    public void EndTexts()
    {
        End(onlyFinished: false);
        if (_isPooling && _chunks.Choices.Started == 0)
        {
            Failure ??= new ReplyFailure(FailureKind.WrongTask);
        }
    }

    private void End(bool onlyFinished)
    {
        try
        {
            _chunks.EndTexts(onlyFinished);
        }
        catch (Exception exception) when (IsReadError(exception))
        {
            Failure ??= Corrupt(exception);
        }
    }

    // Blank data, JSON without members, and other events without a JSON object are heartbeats of the model server.
    private static bool IsSkipped(in ServerRecord record) =>
        record.Data.IsEmpty || (record.Data[0] != (byte)'{' && (record.Kind == RecordKind.OtherEvent || record.IsPing));

    private void Translate(ReadOnlySpan<byte> record)
    {
        _isRead = false;
        try
        {
            Translate(RecordRepair.IsNeeded(record) ? Repair(record) : record, nesting: 0);
        }
        catch (Exception exception) when (IsReadError(exception) && !_isRead)
        {
            TranslateRepaired(record);
        }
        catch (Exception exception) when (IsReadError(exception))
        {
            // A repair changes nothing in a record that is JSON. A second attempt would send its first texts again.
            Failure = Corrupt(exception);
        }
    }

    // Only the parser finds numbers such as NaN.
    private void TranslateRepaired(ReadOnlySpan<byte> record)
    {
        try
        {
            Translate(Repair(record), nesting: 0);
        }
        catch (Exception exception) when (IsReadError(exception))
        {
            Failure = Corrupt(exception);
        }
    }

    private ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> record)
    {
        _repaired ??= new ByteBuffer(256);
        RecordRepair.Write(record, _repaired);
        return _repaired.Span;
    }

    // The exceptions that reading a damaged record can throw.
    private static bool IsReadError(Exception exception) => exception is JsonException or InvalidOperationException or FormatException;

    // The log line names the exception: an InvalidOperationException can also be a fault of this program.
    private static ReplyFailure Corrupt(Exception exception) =>
        new(FailureKind.CorruptStream) { Detail = exception.GetType().Name };

    private void Translate(ReadOnlySpan<byte> record, int nesting)
    {
        if (nesting > MaximumNesting)
        {
            throw new JsonException();
        }

        if (record is [(byte)'[', ..])
        {
            TranslateArray(record, nesting);
            return;
        }

        if (nesting > 0 && _chunks.TryAddFromTemplate(record))
        {
            return;
        }

        var level = _levels[nesting] ??= new Level();
        var chunk = Chunk.Read(record, level.Layout);
        _isRead = true;
        IsStream |= chunk.Layout.ChoiceCount > 0 && chunk.Layout.Choice(0) is { HasDelta: true, Message.Exists: false };
        if (ErrorRecords.Find(chunk) is { } failure)
        {
            Failure = failure;
        }
        else if (!TryConvert(chunk, level.Records, nesting))
        {
            if (PoolingReplies.IsPoolingReply(chunk))
            {
                _isPooling = true;
            }
            else if (chunk.Layout.IsChunk)
            {
                _chunks.Add(chunk);
            }
        }
    }

    private bool TryConvert(in Chunk chunk, RecordList records, int nesting)
    {
        if (format.IsChat && !chunk.Layout.MayBeDialect)
        {
            return false;
        }

        foreach (var dialect in _dialects)
        {
            records.Clear();
            if (dialect.TryConvert(chunk, _chunks.Choices, records))
            {
                for (var i = 0; i < records.Count; i++)
                {
                    Translate(records[i], nesting + 1);
                }

                return true;
            }
        }

        return false;
    }

    // Hugging Face's containers answer [{"generated_text":…}]. Further elements are parts of the reply, or alternatives to it.
    private void TranslateArray(ReadOnlySpan<byte> record, int nesting)
    {
        using var document = JsonDocument.Parse(record.ToArray());
        var isFirst = true;
        foreach (var element in document.RootElement.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Number)
            {
                _isPooling = true; // Embeddings of TEI: [[0.1,…]]
                return;
            }

            if (isFirst || RecordParts.IsPart(element))
            {
                Translate(Encoding.UTF8.GetBytes(element.GetRawText()), nesting + 1);
            }

            isFirst = false;
            if (Failure is not null)
            {
                return;
            }
        }
    }

    // Each level of nesting has its own buffers, so that it does not overwrite those of its caller.
    private sealed class Level
    {
        public ChunkLayout Layout { get; } = new();

        public RecordList Records { get; } = new();
    }
}
