using System.Globalization;
using System.Text;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// <c>GET</c> and <c>DELETE /v1/chat/completions/{id}</c>, and <c>cancel</c>, which OpenAI does not have. Source:
/// https://platform.openai.com/docs/api-reference/chat/get
/// </summary>
internal sealed class StoredChatEndpoints(StoredReplies replies, ReplyPlayback playback)
{
    public const string IdPrefix = "chatcmpl-";

    /// <summary>
    /// Returns the completion, or with <c>Accept: text/event-stream</c> its events after <c>Last-Event-ID</c>.
    /// </summary>
    public Task GetAsync(HttpContext context) => RunAsync(context, async id =>
    {
        using var stored = await OpenAsync(context, id);
        if (context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            var reply = new SseReply(context.Response, StoredChat.Read(stored.Request), hasIds: true, ReadLastEvent(context));
            reply.Start();
            await playback.RunAsync(context, stored.Reader, reply, JsonText.Quote(id), stored.Memory);
        }
        else if (stored.Reader.Ending is null)
        {
            throw new ErrorResponseException(ApiError.Refused(
                StatusCodes.Status409Conflict, "reply_in_progress",
                "The completion is still in progress. Read it with `Accept: text/event-stream`, or later."));
        }
        else
        {
            var reply = new AggregatedReply(context.Response, sendsHeartbeats: false);
            await playback.RunAsync(context, stored.Reader, reply, JsonText.Quote(id), stored.Memory);
        }
    });

    public Task DeleteAsync(HttpContext context) => StopAsync(context, async id =>
    {
        if (!IsId(id) || !await replies.DeleteAsync(context, id))
        {
            throw NotFound(id);
        }

        await WriteAsync(context, id, ",\"object\":\"chat.completion.deleted\",\"deleted\":true}");
    });

    /// <summary>Cancels the completion if it has not ended, and returns its status.</summary>
    public Task CancelAsync(HttpContext context) => StopAsync(context, async id =>
    {
        var head = IsId(id) ? await replies.CancelAsync(context, id) : null;
        var status = head switch
        {
            null => throw NotFound(id),
            { Status: ReplyStatus.Cancelled } => "cancelled",
            { Status: ReplyStatus.Completed } => "completed",
            _ => "failed",
        };
        await WriteAsync(context, id, $",\"object\":\"chat.completion\",\"status\":\"{status}\"}}");
    });

    private Task RunAsync(HttpContext context, Func<string, Task> run) =>
        replies.RunAsync(context, () => run((string)context.GetRouteValue("id")!));

    private Task StopAsync(HttpContext context, Func<string, Task> run) =>
        replies.RunAsync(context, () => run((string)context.GetRouteValue("id")!), isStop: true);

    private static bool IsId(string id) => id.StartsWith(IdPrefix, StringComparison.Ordinal);

    private async Task<StoredReply> OpenAsync(HttpContext context, string id) =>
        (IsId(id) ? await replies.OpenAsync(context, id) : null) ?? throw NotFound(id);

    private static ErrorResponseException NotFound(string id) => new(new ApiError(
        StatusCodes.Status404NotFound, "invalid_request_error", "completion_not_found",
        $"Chat completion with id '{Excerpt.Of(id)}' not found."));

    private static long ReadLastEvent(HttpContext context)
    {
        var text = context.Request.Headers["Last-Event-ID"].ToString();
        return text.Length == 0 ? -1
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new ErrorResponseException(FieldErrors.Invalid("Last-Event-ID", "it must be the id of an event of this completion"));
    }

    private static Task WriteAsync(HttpContext context, string id, string members) => HttpJson.WriteUncachedAsync(
        context, (byte[])[.. "{\"id\":"u8, .. JsonText.Quote(id), .. Encoding.UTF8.GetBytes(members)]);
}
