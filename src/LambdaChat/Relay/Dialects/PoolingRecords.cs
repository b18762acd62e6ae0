using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Replies of pooling models: embeddings, scores, classes and ranks. An endpoint of such a model answers a chat with one, because
/// <c>/invocations</c> serves every task. Source: https://docs.vllm.ai/en/latest/models/pooling_models.html
/// </summary>
internal static class PoolingRecords
{
    /// <summary>True for the reply of a pooling model.</summary>
    public static bool IsOne(in Chunk record)
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
