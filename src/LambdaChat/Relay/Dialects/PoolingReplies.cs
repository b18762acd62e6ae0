using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Replies of pooling models: embeddings, scores, classes and ranks. An endpoint of such a model answers a chat with one, because
/// <c>/invocations</c> serves every task. Source: https://docs.vllm.ai/en/latest/models/pooling_models.html
/// </summary>
internal static class PoolingReplies
{
    /// <summary>Repairs a reply that is not valid JSON where <see cref="RecordRepair"/> can.</summary>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> reply)
    {
        var repaired = new ByteBuffer(reply.Length);
        RecordRepair.Write(reply.Span, repaired);
        return repaired.Memory;
    }

    /// <summary>The failure that a reply reports, or that of a reply of another task; null for any other reply.</summary>
    public static ReplyFailure? FindFailure(ReadOnlySpan<byte> reply)
    {
        var record = new ServerRecord(reply, RecordKind.Message);
        if (record.IsText)
        {
            return ErrorRecords.OfText(record.Data);
        }

        try
        {
            var chunk = Chunk.Read(reply, new ChunkLayout());
            return ErrorRecords.Find(chunk) ?? (chunk.Layout.ChoiceCount > 0 ? new ReplyFailure(FailureKind.WrongTask) : null);
        }
        catch (JsonException)
        {
            return null; // The members have an unknown form. Clients receive the reply unchanged.
        }
    }

    /// <summary>True for a record that is the reply of a pooling model.</summary>
    public static bool IsPoolingReply(in Chunk record)
    {
        if (record.Layout.Choices.Exists || !record.Layout.HasOthers)
        {
            return false;
        }

        var reader = new Utf8JsonReader(record.Json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals("embedding"u8) || reader.ValueTextEquals("embeddings"u8)
                || reader.ValueTextEquals("score"u8) || reader.ValueTextEquals("scores"u8);
            var isList = reader.ValueTextEquals("data"u8) || reader.ValueTextEquals("results"u8) || reader.ValueTextEquals("predictions"u8);
            reader.Read();
            if ((isValue && reader.TokenType != JsonTokenType.Null) || (isList && reader.TokenType == JsonTokenType.StartArray))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
