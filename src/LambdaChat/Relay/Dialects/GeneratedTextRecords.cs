using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Hugging Face's containers: the text alone, <c>{"generated_text":…}</c>, not streamed.
/// Source: https://huggingface.co/docs/text-generation-inference/reference/api_reference
/// </summary>
internal sealed class GeneratedTextRecords : IDialect
{
    public bool TryConvert(in Chunk record, ChoiceTrackers choices, RecordList output)
    {
        var text = record.Layout.GeneratedText;
        if (text.Type != JsonTokenType.String || record.Layout.Token.Exists || record.Layout.ChoiceCount > 0)
        {
            return false;
        }

        output.Bytes.Append("{\"choices\":[{\"index\":0,\"delta\":{\"content\":"u8);
        output.Bytes.Append(text.Value(record.Json));
        output.Bytes.Append("},\"finish_reason\":null}]}"u8);
        output.End();
        output.Bytes.Append("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""u8);
        output.Bytes.Append(TokenStreamRecords.FinishReasonOf(record));
        output.Bytes.Append("\"}]}"u8);
        output.End();
        return true;
    }
}
