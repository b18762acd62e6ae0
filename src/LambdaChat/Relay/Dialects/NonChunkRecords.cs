using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Relay.Dialects;

/// <summary>Records that are no chunks: errors, replies in one piece, and texts without any form.</summary>
internal static class NonChunkRecords
{
    /// <summary>The error that the record is; null where it is none.</summary>
    public static ReplyFailure? FindError(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        if (layout.Error.Exists && !layout.Error.IsNull)
        {
            using var error = Parse(layout.Error.Value(record));
            var container = ContainerMessage.Read(error.RootElement, status: null);
            return Failed(layout.ErrorType.HasText ? container with { Type = JsonText(layout.ErrorType.Value(record)) } : container);
        }

        // Older servers have no member around it.
        if (layout.Object.Exists && layout.Object.Value(record).SequenceEqual("\"error\""u8))
        {
            using var error = Parse(record);
            return Failed(ContainerMessage.Read(error.RootElement, status: null));
        }

        return layout.Token.Exists && layout.Details.Type == JsonTokenType.StartObject && TokenStreamRecord.Read(record, layout).IsError ? Failed(new ContainerError(null, ContainerMessage.Clean(""))) : null;
    }

    /// <summary>The chunks of a reply in one piece; null where the record is none.</summary>
    public static List<byte[]>? Convert(ReadOnlySpan<byte> record, ChunkLayout layout)
    {
        if (layout.ChoiceCount > 0 && layout.Choice(0).Message.Type == JsonTokenType.StartObject)
        {
            return CompletionToChunks.ToChunks(record, layout);
        }

        if (layout.GeneratedText.Type == JsonTokenType.String && !layout.Token.Exists)
        {
            using var text = Parse(layout.GeneratedText.Value(record));
            return CompletionToChunks.ToChunks(text.RootElement);
        }

        return null;
    }

    /// <summary>The records in an array: Hugging Face's containers answer <c>[{"generated_text":…}]</c>.</summary>
    public static List<byte[]> FromArray(ReadOnlySpan<byte> array)
    {
        using var document = Parse(array);
        return [.. document.RootElement.EnumerateArray().Take(1).Select(record => System.Text.Encoding.UTF8.GetBytes(record.GetRawText()))];
    }

    private static ReplyFailure Failed(ContainerError error) => new(FailureKind.ContainerError, error);

    private static JsonDocument Parse(ReadOnlySpan<byte> json) => JsonDocument.Parse(json.ToArray());

    private static string? JsonText(ReadOnlySpan<byte> json)
    {
        using var document = Parse(json);
        return document.RootElement.GetString();
    }
}
