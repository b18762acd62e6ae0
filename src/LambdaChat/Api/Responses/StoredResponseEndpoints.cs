using System.Globalization;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Responses.Replies;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Relay;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses;

/// <summary>
/// <c>GET</c> and <c>DELETE /v1/responses/{id}</c>, <c>input_items</c> and <c>cancel</c>. Source:
/// https://platform.openai.com/docs/api-reference/responses/get
/// </summary>
internal sealed class StoredResponseEndpoints(StoredReplies replies, ReplyPlayback playback, RelaySettings settings)
{
    private static ReadOnlySpan<byte> AnyString => "\"\""u8; // A parameter that is neither a number nor a Boolean is a string.

    /// <summary>Returns the response, or its events after <c>starting_after</c>.</summary>
    public Task GetAsync(HttpContext context) => RunAsync(context, async id =>
    {
        var isStreamed = ReadFlag(context, "stream");
        var after = ReadNumber(context, "starting_after", -1, 0, long.MaxValue);
        using var response = await OpenAsync(context, id);
        if (isStreamed)
        {
            var resource = new ResponseResource(response.View, static () => true);
            var stream = new ResponsesStream(context.Response, response.View, resource, settings.Heartbeat, after) { IsStored = true };
            await stream.BeginAsync(context.RequestAborted);
            await playback.RunAsync(context, response.Reader, stream, JsonText.Quote(id), response.Memory);
            return;
        }

        await WriteAsync(context, response);
    });

    public Task DeleteAsync(HttpContext context) => StopAsync(context, async id =>
    {
        if (!StoredResponse.IsId(id) || !await replies.DeleteAsync(context, id))
        {
            throw NotFound(id);
        }

        var json = new ByteBuffer(256);
        json.Append("{\"id\":"u8);
        json.Append(JsonText.Quote(id));
        json.Append(",\"object\":\"response\",\"deleted\":true}"u8);
        await HttpJson.WriteUncachedAsync(context, json.Memory);
    });

    /// <summary>Cancels the response if it has not ended, and returns it.</summary>
    public Task CancelAsync(HttpContext context) => StopAsync(context, async id =>
    {
        if (!StoredResponse.IsId(id) || await replies.CancelAsync(context, id) is null)
        {
            throw NotFound(id);
        }

        using var response = await OpenAsync(context, id);
        await WriteAsync(context, response);
    });

    /// <summary>Returns a page of the items of the input, with those of the responses before it.</summary>
    public Task ListInputAsync(HttpContext context) => RunAsync(context, async id =>
    {
        var limit = (int)ReadNumber(context, "limit", 20, 1, 100);
        var json = new ByteBuffer(4096);
        var order = context.Request.Query["order"].ToString();
        var isAscending = order is "asc" or "desc" or "" ? order == "asc"
            : throw new ErrorResponseException(FieldErrors.Unsupported("order", order, ["asc", "desc"]));
        using var response = await OpenAsync(context, id);
        new InputPage(response, isAscending).Write(json, limit, context.Request.Query["after"], context.Request.Query["before"]);
        await HttpJson.WriteUncachedAsync(context, json.Memory);
    });

    private static Task WriteAsync(HttpContext context, StoredResponse response)
    {
        var json = new ByteBuffer(4096);
        response.WriteTo(json);
        return HttpJson.WriteUncachedAsync(context, json.Memory);
    }

    private Task RunAsync(HttpContext context, Func<string, Task> run) =>
        replies.RunAsync(context, () => run((string)context.GetRouteValue("id")!));

    private Task StopAsync(HttpContext context, Func<string, Task> run) =>
        replies.RunAsync(context, () => run((string)context.GetRouteValue("id")!), isStop: true);

    private async Task<StoredResponse> OpenAsync(HttpContext context, string id) =>
        await StoredResponse.OpenAsync(replies, context, id) ?? throw NotFound(id);

    private static ErrorResponseException NotFound(string id) => new(new ApiError(
        StatusCodes.Status404NotFound, "invalid_request_error", "response_not_found",
        $"Response with id '{Excerpt.Of(id)}' not found."));

    // Python writes True.
    private static bool ReadFlag(HttpContext context, string name) => context.Request.Query[name].ToString() switch
    {
        "" or "false" or "False" or "0" => false,
        "true" or "True" or "1" => true,
        _ => throw new ErrorResponseException(FieldErrors.WrongType(name, FieldType.Boolean, AnyString)),
    };

    private static long ReadNumber(HttpContext context, string name, long otherwise, long minimum, long maximum)
    {
        var text = context.Request.Query[name].ToString();
        if (text.Length == 0)
        {
            return otherwise;
        }

        return !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? throw new ErrorResponseException(FieldErrors.WrongType(name, FieldType.Integer, AnyString))
            : number < minimum ? throw new ErrorResponseException(FieldErrors.BelowMinimum(name, minimum, text))
            : number > maximum ? throw new ErrorResponseException(FieldErrors.AboveMaximum(name, maximum, text))
            : number;
    }
}
