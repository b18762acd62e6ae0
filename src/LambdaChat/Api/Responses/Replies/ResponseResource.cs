using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// Writes the response object, with the values that are in effect for the request.
/// Source: https://platform.openai.com/docs/api-reference/responses/object
/// </summary>
internal sealed class ResponseResource
{
    private readonly ResponseIds _ids;
    private readonly long _created;
    private readonly TimeProvider _timeProvider;
    private readonly byte[] _settings; // The members that do not change, each after a comma.

    /// <param name="modelName">The model's name as the client wrote it.</param>
    public ResponseResource(ResponsesRequest request, Model model, string modelName, ResponseIds ids, TimeProvider timeProvider)
    {
        (_ids, _timeProvider, _created) = (ids, timeProvider, timeProvider.GetUtcNow().ToUnixTimeSeconds());
        _settings = ResponseSettings.Create(request, model, modelName);
    }

    /// <summary>Writes the object as the response begins.</summary>
    public void WriteStart(ByteBuffer output)
    {
        WriteHead(output, "in_progress"u8);
        output.Append(",\"completed_at\":null,\"error\":null,\"incomplete_details\":null,\"output\":[],\"usage\":null"u8);
        WriteSettings(output);
    }

    /// <summary>Writes the object at the end of the response.</summary>
    /// <param name="error">Why the response failed; null if it did not.</param>
    public void WriteEnd(ByteBuffer output, ResponseState state, OpenAIError? error) => WriteEnd(output, state, error, state.Items);

    /// <summary>Writes the object of a failed response without its output, for which there is no room.</summary>
    public void WriteFailure(ByteBuffer output, ResponseState state, OpenAIError error) => WriteEnd(output, state, error, items: default);

    private void WriteEnd(ByteBuffer output, ResponseState state, OpenAIError? error, ReadOnlySpan<byte> items)
    {
        var reason = state.IncompleteReason;
        var isCompleted = error is null && reason.IsEmpty;
        WriteHead(output, error is not null ? "failed"u8 : isCompleted ? "completed"u8 : "incomplete"u8);
        output.Append(",\"completed_at\":"u8);
        if (isCompleted)
        {
            output.AppendNumber(_timeProvider.GetUtcNow().ToUnixTimeSeconds());
        }
        else
        {
            output.Append("null"u8);
        }

        output.Append(",\"error\":"u8);
        WriteError(output, error);
        output.Append(",\"incomplete_details\":"u8);
        if (error is null && !isCompleted)
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
        state.Usage.WriteTo(output);
        WriteSettings(output);
    }

    private void WriteHead(ByteBuffer output, ReadOnlySpan<byte> status)
    {
        output.Append("{\"id\":\""u8);
        _ids.AppendResponse(output);
        output.Append("\",\"object\":\"response\",\"created_at\":"u8);
        output.AppendNumber(_created);
        output.Append(",\"status\":\""u8);
        output.Append(status);
        output.Append("\""u8);
    }

    private void WriteSettings(ByteBuffer output)
    {
        output.Append(_settings);
        output.Append("}"u8);
    }

    private static void WriteError(ByteBuffer output, OpenAIError? error)
    {
        if (error is null)
        {
            output.Append("null"u8);
            return;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, error.Code ?? error.Type);
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        }

        output.Append(json.WrittenSpan);
    }
}
