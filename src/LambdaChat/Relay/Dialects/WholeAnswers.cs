using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>Answers of pooling models: embeddings, ranks and scores. An error and the reply of another task are failures.</summary>
internal static class WholeAnswers
{
    /// <summary>Repairs an answer that is not valid JSON where <see cref="RecordRepair"/> can.</summary>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> answer)
    {
        var repaired = new ByteBuffer(answer.Length);
        RecordRepair.Write(answer.Span, repaired);
        return repaired.Memory;
    }

    /// <summary>Returns the failure that an answer reports; null if it reports none.</summary>
    public static ReplyFailure? FindFailure(ReadOnlySpan<byte> answer)
    {
        var record = new ServerRecord(answer, RecordKind.Message);
        if (record.IsText)
        {
            return ErrorRecords.OfText(record.Data);
        }

        try
        {
            var chunk = Chunk.Read(answer, new ChunkLayout());
            return ErrorRecords.Find(chunk) ?? (chunk.Layout.ChoiceCount > 0 ? new ReplyFailure(FailureKind.WrongTask) : null);
        }
        catch (JsonException)
        {
            return null; // The members have an unknown form. Clients receive the answer unchanged.
        }
    }
}
