using System.Text;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Relay.Dialects;

/// <summary>Records in which a model server reports an error in place of a chunk.</summary>
internal static class ErrorRecords
{
    // Members that records without an error also have, or that the layout of a record already finds.
    private static readonly string[] CommonNames =
        ["error", "errors", "detail", "message", "Message", "msg", "text", "reason", "description", "title"];

    // Other members with which servers report an error: FastChat's error_code, and names of gateways.
    private static readonly byte[][] OtherNames =
        [.. ErrorFields.MessageNames.Except(CommonNames).Concat(ErrorFields.CodeNames).Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] StatusNames = [.. ErrorFields.StatusNames.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The error that a record reports; null for another record.</summary>
    public static ReplyFailure? Find(in Chunk record)
    {
        var layout = record.Layout;
        if (layout.ChoiceCount > 0 && !layout.Error.Exists && !layout.Token.Exists)
        {
            return null; // Nearly every record.
        }

        if (layout.ChoiceCount == 0 && IsErrorAlone(record))
        {
            return OfJson(record.Json);
        }

        if (layout.ChoiceCount == 0 && IsSet(layout.Message) && OfJson(record.Json) is { Container: { } error } failure && IsError(error))
        {
            return failure;
        }

        return IsSet(layout.Error) && !IsEmpty(record, layout.Error) ? OfJson(record.Json)
            : TokenStreamRecords.IsError(record) ? OfJson(layout.Details.Value(record.Json))
            : null;
    }

    /// <summary>The error of an event of the type <c>error</c> or of a reply that is not JSON: JSON, text or HTML.</summary>
    public static ReplyFailure OfText(ReadOnlySpan<byte> text)
    {
        // The text of a reply must not become that of an error.
        return OfJson(RecordText.HasReply(text) && !IsJson(text) ? default : text);
    }

    // An error without text counts where the record has nothing else: some servers write the member into each record.
    private static bool IsErrorAlone(in Chunk record)
    {
        var layout = record.Layout;
        var hasMore = layout.HasOthers || layout.Token.Exists || layout.GeneratedText.Exists || layout.IsChunk;
        return (IsSet(layout.Error) && !(hasMore && IsEmpty(record, layout.Error)))
            || (IsSet(layout.Errors) && !IsEmpty(record, layout.Errors)) || (IsSet(layout.Detail) && !IsEmpty(record, layout.Detail))
            || IsErrorObject(record) || IsMessageOfError(record)
            || (layout is { HasOthers: true, IsChunk: false, Token.Exists: false, GeneratedText.HasText: false }
                && HasOtherError(record.Json));
    }

    // {"message":"Internal Server Error"}, or Message, as from API gateways. Another message may be a heartbeat.
    private static bool IsMessageOfError(in Chunk record)
    {
        if (record.Layout.MemberCount != 1 || !(record.Layout.HasOthers || record.Layout.Message.HasText))
        {
            return false;
        }

        var reader = new Utf8JsonReader(record.Json);
        reader.Read();
        reader.Read();
        var isMessage = reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8);
        reader.Read();
        return isMessage && reader.TokenType == JsonTokenType.String && RecordText.IsError(reader.ValueSpan);
    }

    private static bool IsEmpty(in Chunk record, in JsonMember member) => IsEmpty(member.Value(record.Json));

    private static bool IsEmpty(ReadOnlySpan<byte> value) =>
        value.Trim((byte)'"') is [] or [(byte)'0'] or [(byte)'{', (byte)'}'] or [(byte)'[', (byte)']']
        || Ascii.EqualsIgnoreCase(value, "\"ok\""u8) || Ascii.EqualsIgnoreCase(value, "\"success\""u8)
        || Ascii.EqualsIgnoreCase(value, "\"none\""u8);

    private static bool HasOtherError(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isError = Has(OtherNames, reader);
            var isStatus = Has(StatusNames, reader);
            var isSuccess = reader.ValueTextEquals("success"u8) || reader.ValueTextEquals("ok"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isSet = reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False);
            var isFailure = isSuccess && reader.TokenType == JsonTokenType.False;
            reader.Skip();
            var value = json[start..(int)reader.BytesConsumed];
            if (isFailure || (isError && isSet && !IsEmpty(value)) || (isStatus && IsErrorStatus(value)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(byte[][] names, in Utf8JsonReader reader)
    {
        foreach (var name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    // 400 to 599, also as a text.
    private static bool IsErrorStatus(ReadOnlySpan<byte> value) => value.Trim((byte)'"') is
        [(byte)'4' or (byte)'5', >= (byte)'0' and <= (byte)'9', >= (byte)'0' and <= (byte)'9'];

    private static ReplyFailure OfJson(ReadOnlySpan<byte> json) =>
        new(FailureKind.ContainerError, ContainerMessage.Read(Encoding.UTF8.GetString(json), status: null));

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsSet(in JsonMember member) => member.Exists && !member.IsNull && member.Type != JsonTokenType.False;

    // {"message":…,"status":503}, {"message":…,"type":"server_error"} or {"message":…,"status":"error"}.
    private static bool IsError(ContainerError record) =>
        record.Status is not null
        || record.Type?.Contains("error", StringComparison.OrdinalIgnoreCase) == true
        || record.Type?.EndsWith("exception", StringComparison.OrdinalIgnoreCase) == true;

    // Older servers have no member around it: {"object":"error","message":…}.
    private static bool IsErrorObject(in Chunk record) =>
        record.Layout.Object.Exists && record.Layout.Object.Value(record.Json).SequenceEqual("\"error\""u8);
}
