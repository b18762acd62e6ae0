using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

// How the emitter sends most tokens: by the template of a chunk that differs in its text only.
internal sealed partial class ChunkEmitter
{
    private readonly ChunkTemplate _template = new();

    /// <summary>Sends a record that differs from the previous one only in its text; false for any other record.</summary>
    public bool TryEmitFromTemplate(ReadOnlySpan<byte> record)
    {
        if (!_template.TryWrite(record, _edited) || _template.Tracker!.Tokens >= format.MaxTokens)
        {
            return false;
        }

        _template.Tracker!.Tokens++;
        trackers.TextLength += _template.TextOf(record).Length;
        Text?.Add(_template.TextOf(record), _template.IsThinkingText);
        Send(_edited.Span);
        return true;
    }

    // The next record may differ from this one in its text only.
    private void Remember(in Chunk chunk, in ChoiceLayout choice, ChoiceTracker tracker, bool isReasoning)
    {
        if (tracker.Finish != FinishReason.None || choice.ToolCalls.Exists || chunk.Layout.HasUsage
            || !choice.HasOneText
            || choice.Logprobs.Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return;
        }

        var text = choice.Content.HasText ? choice.Content : choice.Thinking;
        var (start, end) = (text.ValueStart + 1, text.ValueEnd - 1);
        if (_splices.Map(start) is var place and >= 0 && !_edited.Span.ContainsAny((byte)'\n', (byte)'\r'))
        {
            _template.Keep(
                chunk.Json, start, end, _edited.Span, place, tracker, isReasoning, isThinkingText: isReasoning || choice.HasReasoning);
        }
    }
}
