using System.Text.Json;

namespace LambdaChat.Relay.Dialects;

/// <summary>Elements of a list of records: consecutive chunks of a stream, or the whole answers to several prompts.</summary>
internal static class RecordParts
{
    /// <summary>True for an element that continues the one before it; false for another whole answer.</summary>
    public static bool IsPart(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().All(IsPart),
        JsonValueKind.Object =>
            element.TryGetProperty("token", out _) || !(element.TryGetProperty("generated_text", out _) || HasMessage(element)),
        _ => false,
    };

    private static bool HasMessage(JsonElement record) =>
        record.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array
        && choices.EnumerateArray().Any(choice => choice.ValueKind == JsonValueKind.Object
            && choice.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object
            && !(choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object));
}
