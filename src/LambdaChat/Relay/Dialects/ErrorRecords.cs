using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Relay.Chunks;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Relay.Dialects;

/// <summary>Records in which a model server reports an error in place of a chunk.</summary>
internal static class ErrorRecords
{
    /// <summary>The error that a record reports; null for another record.</summary>
    public static ReplyFailure? Find(in Chunk record)
    {
        var layout = record.Layout;
        if (layout.ChoiceCount > 0 && !layout.Error.Exists && !layout.Token.Exists)
        {
            return null; // Nearly every record.
        }

        if (layout.ChoiceCount == 0 && (IsSet(layout.Error) || IsSet(layout.Errors) || IsSet(layout.Detail) || IsErrorObject(record)))
        {
            return OfText(record.Json);
        }

        if (layout.ChoiceCount == 0 && IsSet(layout.Message) && OfText(record.Json) is { Container: { } error } failure && IsError(error))
        {
            return failure;
        }

        return IsSet(layout.Error) ? OfText(record.Json)
            : TokenStreamRecords.IsError(record)
            ? new ReplyFailure(FailureKind.ContainerError, new ContainerError(null, ContainerMessage.Clean("")))
            : null;
    }

    /// <summary>The error of an event of the type <c>error</c> or of a reply that is not JSON: JSON, text or HTML.</summary>
    public static ReplyFailure OfText(ReadOnlySpan<byte> text) =>
        new(FailureKind.ContainerError, ContainerMessage.Read(Encoding.UTF8.GetString(text), status: null));

    private static bool IsSet(in Json.JsonMember member) => member.Exists && !member.IsNull && member.Type != JsonTokenType.False;

    // {"message":…,"status":503}, {"message":…,"type":"server_error"} or {"message":…,"status":"error"}.
    private static bool IsError(ContainerError record) =>
        record.Status is not null
        || record.Type?.Contains("error", StringComparison.OrdinalIgnoreCase) == true
        || record.Type?.EndsWith("exception", StringComparison.OrdinalIgnoreCase) == true;

    // Older servers have no member around it: {"object":"error","message":…}.
    private static bool IsErrorObject(in Chunk record) =>
        record.Layout.Object.Exists && record.Layout.Object.Value(record.Json).SequenceEqual("\"error\""u8);
}
