using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Continuations;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;
using LambdaChat.Streaming.Sse;
using LambdaChat.Upstream;

namespace LambdaChat.Relay;

/// <summary>The reply of one call: its payloads, the records in them, and the chunks that they become. Not thread-safe.</summary>
internal sealed partial class UpstreamReply : IDisposable
{
    private readonly RelayRequest _request;
    private readonly IPayloadReader _upstream;
    private readonly PendingChunks _output;
    private readonly IReplyWriter _writer;
    private readonly ReplyMeasurements _measurements;
    private readonly RecordReader _records;
    private readonly RecordTranslator _translator;
    private readonly int _earlier; // Records of the calls that this one continues.
    private ByteBuffer? _rest; // The rest of a payload whose translation waits for a flush.
    private int _restStart;
    private bool _isStopped; // The reply cannot continue after the last record.
    private ReplyFailure? _fault; // Why the function has stopped the reply.
    private TokenUsage? _usage; // Of a record that was not translated.
    private int _comments;

    /// <param name="continued">The reply of the call that this one continues; null for a new reply.</param>
    public UpstreamReply(
        RelayRequest request, IPayloadReader upstream, PendingChunks output, IReplyWriter writer, ReplyMeasurements measurements,
            UpstreamReply? continued = null)
    {
        (_request, _upstream, _output, _writer, _measurements) = (request, upstream, output, writer, measurements);
        _records = new RecordReader(request.Model.Framing);
        _translator = continued?._translator ?? new RecordTranslator(request.Format, output);
        _earlier = _translator.Count;
        if (request.ContinuedBody is not null)
        {
            Chunks.KeepText();
        }
    }

    /// <summary>True once nothing more needs to be read.</summary>
    public bool IsOver => IsDone || _isStopped;

    /// <summary>True once <c>[DONE]</c> was received.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The number of records so far, without heartbeats.</summary>
    public int Count => _translator.Count - _earlier;

    public ChunkNormalizer Chunks => _translator.Chunks;

    /// <summary>The usage that the model server reported; null before that.</summary>
    public TokenUsage? Usage => _usage ?? Chunks.Usage;

    /// <summary>Reads once. False at the end of the payloads.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => _upstream.ReadAsync(cancellationToken);

    /// <summary>
    /// Notes the comments so far. True if one was received since the last call, before the first record. vLLM sends comments while a
    /// request waits, but also when its engine is dead, so later ones do not count.
    /// </summary>
    public bool TakeWaitingComment()
    {
        var hasComment = Count == 0 && _records.CommentCount > _comments;
        _comments = _records.CommentCount;
        return hasComment;
    }

    /// <summary>
    /// Translates the bytes that were read. True if enough output for a flush was written and more input may be available.
    /// </summary>
    public bool TranslateAvailable()
    {
        try
        {
            while (!IsOver && TryReadPayload(out var payload))
            {
                while (!IsOver && _records.TryRead(ref payload, out var record))
                {
                    Translate(record);
                    if (_writer.UnflushedBytes + _output.Length >= PendingChunks.MaximumUnflushed)
                    {
                        KeepRest(payload);
                        EndTurn();
                        return true;
                    }
                }
            }
        }
        catch (SseLimitException)
        {
            Stop(new ReplyFailure(FailureKind.RecordTooLong));
        }

        NoteUnfinished();
        return false;
    }

    /// <summary>
    /// Translates the last record and sends the held text of choices that have ended. The reply can still continue. Returns why it is not
    /// complete, and null if it is.
    /// </summary>
    /// <param name="timeout">The timeout that ended the reading; null if none did.</param>
    public ReplyFailure? TranslateRest(ReplyFailure? timeout)
    {
        if (timeout is null)
        {
            TranslateUnfinished();
        }

        _translator.EndFinishedTexts();
        if (timeout is null && IsDocument)
        {
            Chunks.Finish();
        }

        return Decide(timeout);
    }

    /// <summary>Ends the reply: sends all held text and the finish reasons. Returns why it is not complete, and null if it is.</summary>
    /// <param name="timeout">The timeout that ended the reading; null if none did.</param>
    public ReplyFailure? End(ReplyFailure? timeout)
    {
        _translator.EndTexts();
        var failure = Decide(timeout);
        if (failure is null)
        {
            Chunks.Finish();
        }

        Chunks.EndChoices(isComplete: failure is null);
        if (failure is not null && _request.Format.ShowsErrors)
        {
            OpenThinking.Close(Chunks.Choices, _request.Format, Chunks.Id, _output);
        }

        _measurements.IncompleteToolCalls = Chunks.Choices.IncompleteToolCalls;
        return failure;
    }

    /// <summary>The next call continues the reply.</summary>
    public void Continue(KeptText kept) => _translator.Continue(kept);

    public void Dispose() => _records.Dispose();

    // A text completion that was called without streaming is one document. A document that parses is complete, even without finish reasons.
    private bool IsDocument => _request is { Format.IsChat: false, Mode: CallMode.Plain } && _records.IsJson && Count == 1
        && _translator is { Failure: null, IsStream: false } && _upstream.Failure is null;

    private ReplyFailure? Decide(ReplyFailure? timeout)
    {
        var fault = _translator.Failure ?? _upstream.Failure ?? _fault ?? timeout;
        var isDone = (IsDone && Chunks.Joint is not { IsJoined: false }) || Chunks.IsCut;
        return ReplyEnd.Decide(Chunks.Choices, _request.Format, isDone, fault, _records.Text);
    }

    // At the end, a record needs no line end.
    private void TranslateUnfinished()
    {
        try
        {
            while (!IsOver && _records.TryReadUnfinished(out var record))
            {
                if (_upstream.Failure is null)
                {
                    Translate(record);
                }
            }
        }
        catch (SseLimitException)
        {
            Stop(new ReplyFailure(FailureKind.RecordTooLong));
        }
    }

    private void Stop(ReplyFailure fault) => (_isStopped, _fault) = (true, fault);

    private bool TryReadPayload(out ReadOnlySpan<byte> payload)
    {
        if (_rest is not null && _restStart < _rest.Length)
        {
            payload = _rest.Span[_restStart..];
            _restStart = _rest.Length;
            return true;
        }

        if (!_upstream.TryRead(out payload))
        {
            return false;
        }

        _measurements.PayloadReceived(isCut: _records.IsMidRecord);
        return true;
    }

    // One payload can hold many small records, each of which becomes a larger chunk.
    private void KeepRest(ReadOnlySpan<byte> payload)
    {
        if (_rest is not null && _rest.Span.Overlaps(payload))
        {
            _restStart = _rest.Length - payload.Length;
            return;
        }

        _rest ??= new ByteBuffer(1024);
        _rest.Clear();
        _rest.Append(payload);
        _restStart = 0;
    }

    private void Translate(in ServerRecord record)
    {
        if (record.IsDone)
        {
            IsDone = true;
            return;
        }

        if (!Reserve((long)CopiesOfRecord * record.Data.Length))
        {
            _usage = FindUsage(record.Data);
            return;
        }

        _isStopped = !_translator.TryRead(record);
        (_measurements.Events, _measurements.Tokens) = (_translator.Count, Chunks.Choices.RecordTokens);
    }

    private static TokenUsage? FindUsage(ReadOnlySpan<byte> record)
    {
        try
        {
            var layout = Chunk.Read(record, new ChunkLayout()).Layout;
            return layout.HasUsage ? TokenUsage.Read(layout.Usage.Value(record)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
