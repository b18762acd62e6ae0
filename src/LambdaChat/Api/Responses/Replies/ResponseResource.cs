using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Failures;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay;
using LambdaChat.Streaming;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// Writes the response object, with the values that are in effect for the request.
/// Source: https://platform.openai.com/docs/api-reference/responses/object
/// </summary>
/// <param name="isStored">Returns whether the response is stored.</param>
internal sealed class ResponseResource(ResponseView view, Func<bool> isStored)
{
    private const string Refused = "invalid_prompt"; // OpenAI's code for content that was refused, after which agents do not try again.

    /// <summary>Writes the object as the response begins.</summary>
    public void WriteStart(ByteBuffer output, ReadOnlySpan<byte> status) => WriteOpen(output, status, items: default);

    /// <summary>Writes the object of a response that has not ended.</summary>
    /// <param name="items">The finished items.</param>
    public void WriteOpen(ByteBuffer output, ReadOnlySpan<byte> status, ReadOnlySpan<byte> items)
    {
        WriteHead(output, status);
        output.Append(",\"completed_at\":null,\"error\":null,\"incomplete_details\":null,\"output\":["u8);
        output.Append(items);
        output.Append("],\"usage\":null"u8);
        WriteSettings(output);
    }

    /// <summary>Writes the object at the end of the response.</summary>
    public void WriteEnd(ByteBuffer output, ResponseState state, ReplyEnd end) => WriteEnd(output, state, end, state.Items);

    /// <summary>Writes the object of a failed response without its output, for which there is no room.</summary>
    public void WriteFailure(ByteBuffer output, ResponseState state, ReplyEnd end) => WriteEnd(output, state, end, items: default);

    private void WriteEnd(ByteBuffer output, ResponseState state, ReplyEnd end, ReadOnlySpan<byte> items)
    {
        var reason = state.IncompleteReason;
        var isCompleted = end.Failure is null && reason.IsEmpty;
        WriteHead(output, end.Failure switch
        {
            null => isCompleted ? "completed"u8 : "incomplete"u8,
            { Kind: FailureKind.Cancelled } => "cancelled"u8,
            _ => "failed"u8,
        });
        output.Append(",\"completed_at\":"u8);
        if (isCompleted)
        {
            output.AppendNumber(end.EndedAt.ToUnixTimeSeconds());
        }
        else
        {
            output.Append("null"u8);
        }

        output.Append(",\"error\":"u8);
        WriteError(output, end.Failure is null or { Kind: FailureKind.Cancelled } ? null : end.Failure.ToError());
        output.Append(",\"incomplete_details\":"u8);
        if (end.Failure is null && !isCompleted)
        {
            output.Append("{\"reason\":\""u8);
            output.Append(reason);
            output.Append("\"}"u8);
        }
        else
        {
            output.Append("null"u8);
        }

        output.Append(",\"output\":["u8);
        output.Append(items);
        output.Append("],\"usage\":"u8);
        ResponseUsage.Write(state.Usage, output);
        WriteSettings(output);
    }

    private void WriteHead(ByteBuffer output, ReadOnlySpan<byte> status)
    {
        output.Append("{\"id\":\""u8);
        view.Ids.AppendResponse(output);
        output.Append("\",\"object\":\"response\",\"created_at\":"u8);
        output.AppendNumber(view.Created);
        output.Append(",\"status\":\""u8);
        output.Append(status);
        output.Append("\",\"store\":"u8);
        output.Append(isStored() ? "true"u8 : "false"u8);
    }

    private void WriteSettings(ByteBuffer output)
    {
        output.Append(","u8);
        output.Append(view.Settings.AsSpan(1));
    }

    private static void WriteError(ByteBuffer output, ApiError? error)
    {
        if (error is null)
        {
            output.Append("null"u8);
            return;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, ContentPolicy.FindCode(error.Code, null) is null ? error.Code ?? error.Type : Refused);
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        }

        output.Append(json.WrittenSpan);
    }
}
