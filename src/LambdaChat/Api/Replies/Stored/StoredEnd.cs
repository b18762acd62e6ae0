using System.Buffers;
using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>Converts the end of a reply to the form of the store and back.</summary>
internal static class StoredEnd
{
    public static ReplyStatus StatusOf(ReplyFailure? failure) => failure?.Kind switch
    {
        null => ReplyStatus.Completed,
        FailureKind.Cancelled => ReplyStatus.Cancelled,
        _ => ReplyStatus.Failed,
    };

    /// <summary>Writes the error that a client receives; empty for a reply that did not fail.</summary>
    public static byte[] Write(ReplyFailure? failure)
    {
        if (failure is null or { Kind: FailureKind.Cancelled })
        {
            return [];
        }

        var error = failure.ToError();
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, failure.Kind.ToString());
            writer.WriteNumber("status"u8, error.Status);
            writer.WriteString("type"u8, error.Type);
            writer.WriteString("code"u8, error.Code);
            writer.WriteString("message"u8, error.Message);
            writer.WriteString("param"u8, error.Param);
            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }

    /// <param name="id">The reply's id as JSON.</param>
    public static ReplyEnd Read(ReplyEnding ending, byte[] id) => new(ReadFailure(ending), id, Usage: null) { EndedAt = ending.At };

    private static ReplyFailure? ReadFailure(ReplyEnding ending)
    {
        switch (ending.Status)
        {
            case ReplyStatus.Completed:
                return null;
            case ReplyStatus.Cancelled:
                return new ReplyFailure(FailureKind.Cancelled);
            case ReplyStatus.Failed when ending.Error.Length > 0:
                using (var document = JsonDocument.Parse(ending.Error))
                {
                    var error = document.RootElement;
                    _ = Enum.TryParse<FailureKind>(error.GetProperty("kind").GetString(), out var kind);
                    return new ReplyFailure(kind)
                    {
                        Response = new ApiError(
                            error.GetProperty("status").GetInt32(), error.GetProperty("type").GetString()!,
                            error.GetProperty("code").GetString(), error.GetProperty("message").GetString()!,
                            error.GetProperty("param").GetString()),
                    };
                }

            default:
                return new ReplyFailure(FailureKind.ReplyLost);
        }
    }
}
