using System.Text;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Support;

/// <summary>The reply of a model server from its bytes: read, translated and ended as the relay does.</summary>
internal static class BytesReply
{
    /// <summary>The chunks of a reply, its failure, and the reply as one completion. Fails if another cut gives another reply.</summary>
    public static (ChunkLog Log, ReplyFailure? Failure, string Whole) OfAnyCut(OutputFormat format, string bytes)
    {
        (ChunkLog Log, ReplyFailure? Failure, string Whole)? first = null;
        foreach (var pieces in Cuts.Of(Encoding.UTF8.GetBytes(bytes)))
        {
            var builder = new CompletionBuilder(isChat: format.IsChat);
            var log = new ChunkLog();
            var failure = Translate(format, pieces, new Both(log, builder));
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            builder.WriteTo(output);
            var reply = (Log: log, Failure: failure, Whole: Encoding.UTF8.GetString(output.WrittenSpan));
            first ??= reply;
            Assert.Equal(first.Value.Log.Chunks, reply.Log.Chunks);
            Assert.Equal(first.Value.Failure, reply.Failure);
        }

        return first!.Value;
    }

    private static ReplyFailure? Translate(OutputFormat format, IEnumerable<ReadOnlyMemory<byte>> pieces, IChunkOutput output)
    {
        var translation = new Translation(format, output);
        using var reader = new RecordReader(RecordFraming.Auto);
        var isOver = false;
        foreach (var piece in pieces)
        {
            var payload = piece.Span;
            while (!isOver && reader.TryRead(ref payload, out var record))
            {
                isOver = !translation.TryRead(record);
            }
        }

        while (!isOver && reader.TryReadUnfinished(out var record))
        {
            isOver = !translation.TryRead(record);
        }

        return translation.End(text: reader.Text);
    }

    private sealed class Both(IChunkOutput first, IChunkOutput second) : IChunkOutput
    {
        public bool Write(ReadOnlySpan<byte> chunk) => first.Write(chunk) & second.Write(chunk);
    }
}
