using System.Buffers;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming.EventStream;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Recordings;

/// <summary>The relay's translation of a recording whose bytes arrive in pieces.</summary>
internal sealed class TranslatedReply : IDisposable
{
    private readonly RecordReader _records = new(RecordFraming.Auto);
    private readonly Translation _translation;
    private bool _isOpen = true;

    private TranslatedReply(Recording recording, IChunkOutput output)
    {
        var format = new OutputFormat("r1", recording.IsChat ? OutputFormat.ChatChunk : OutputFormat.TextCompletion, "own", 1)
        {
            Choices = recording.Choices,
            HasTools = recording.HasTools,
        };
        _translation = new Translation(format, output);
    }

    /// <summary>Translates a recording that arrives in a single read.</summary>
    public static (List<string> Chunks, ReplyFailure? Failure, TokenUsage? Usage) Run(Recording recording)
    {
        var log = new ChunkLog();
        using var reply = new TranslatedReply(recording, log);
        reply.Take(recording.Bytes);
        var failure = reply.End();
        return (log.Chunks, failure, reply._translation.Usage);
    }

    /// <summary>
    /// Translates a recording in pieces of these lengths; the last piece is the rest. Returns null if the outcome is the expected one.
    /// </summary>
    public static string? Compare(Recording recording, byte[][] chunks, ReplyFailure? expected, IEnumerable<int> lengths, bool isFramed)
    {
        var output = new ChunkComparison(chunks);
        using var reply = new TranslatedReply(recording, output);
        using var decoder = new EventStreamDecoder();
        var frame = new ArrayBufferWriter<byte>();
        ReadOnlySpan<byte> bytes = recording.Bytes;
        foreach (var length in lengths)
        {
            var piece = bytes[..Math.Min(length, bytes.Length)];
            bytes = bytes[piece.Length..];
            if (isFramed)
            {
                reply.TakeFramed(piece, frame, decoder);
            }
            else
            {
                reply.Take(piece);
            }

            if (bytes.IsEmpty)
            {
                break;
            }
        }

        var failure = reply.End();
        return output.Difference
            ?? (output.Count != chunks.Length ? $"{output.Count} chunks" : failure != expected ? $"failure {failure}" : null);
    }

    /// <summary>Joins chunks to a completion.</summary>
    public static JsonObject Aggregate(IEnumerable<string> chunks)
    {
        var completion = new CompletionBuilder();
        foreach (var chunk in chunks)
        {
            completion.Write(System.Text.Encoding.UTF8.GetBytes(chunk));
        }

        var json = new ArrayBufferWriter<byte>();
        completion.WriteTo(json);
        return JsonNode.Parse(json.WrittenSpan)!.AsObject();
    }

    public void Dispose() => _records.Dispose();

    // SageMaker's frames are cut, too.
    private void TakeFramed(ReadOnlySpan<byte> piece, ArrayBufferWriter<byte> frame, EventStreamDecoder decoder)
    {
        frame.ResetWrittenCount();
        EventStreamEncoder.WriteEvent(frame, "PayloadPart", "application/octet-stream", piece);
        var half = frame.WrittenCount / 2;
        TakeFrames(frame.WrittenSpan[..half], decoder);
        TakeFrames(frame.WrittenSpan[half..], decoder);
    }

    private void TakeFrames(ReadOnlySpan<byte> bytes, EventStreamDecoder decoder)
    {
        while (bytes.Length > 0)
        {
            var room = decoder.GetMemory().Span;
            var part = bytes[..Math.Min(room.Length, bytes.Length)];
            bytes = bytes[part.Length..];
            part.CopyTo(room);
            decoder.Advance(part.Length);
            while (decoder.TryRead(out var message))
            {
                Take(message.Payload);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> piece)
    {
        while (_isOpen && _records.TryRead(ref piece, out var record))
        {
            _isOpen = _translation.TryRead(record);
        }
    }

    private ReplyFailure? End()
    {
        while (_isOpen && _records.TryReadUnfinished(out var last))
        {
            _isOpen = _translation.TryRead(last);
        }

        return _translation.End(text: _records.Text);
    }

    private sealed class ChunkComparison(byte[][] expected) : IChunkOutput
    {
        public int Count { get; private set; }

        public string? Difference { get; private set; }

        public bool Write(ReadOnlySpan<byte> chunk)
        {
            if (Count >= expected.Length || !chunk.SequenceEqual(expected[Count]))
            {
                Difference ??= $"chunk {Count}: {System.Text.Encoding.UTF8.GetString(chunk)}";
            }

            Count++;
            return true;
        }
    }
}
