using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Responses;

/// <summary>
/// Reads the history that <c>previous_response_id</c> names: the input and the output of the response and of those before it.
/// </summary>
internal sealed class PreviousResponses(StoredReplies replies, TimeProvider timeProvider)
{
    public const string Member = "previous_response_id";

    private const string NotFound = "previous_response_not_found"; // Clients then send the whole conversation.

    // A client may continue a response before the store has its end.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Returns the history; null if the request names no response.</summary>
    /// <exception cref="InvalidRequestException">There is no store, no such response, or it has not ended, or the store failed.</exception>
    public async Task<ResponseHistory?> ReadAsync(HttpContext context, IncomingRequest incoming)
    {
        if (incoming.Json.Text(Member) is not { } id)
        {
            return null;
        }

        if (!replies.IsAvailable)
        {
            throw new InvalidRequestException(StoredReplies.Off(Member) with { Code = NotFound });
        }

        ResponseHistory? history = null;
        await replies.GuardAsync(async () => history = await ReadAsync(context, id));
        var length = new RequestItem(history!.Items.RootElement, "").Raw.Length;
        if (length > RequestLimits.MaximumBytes)
        {
            history.Dispose();
            throw new InvalidRequestException(FieldErrors.Invalid(
                Member, $"the conversation of this response has more than {RequestLimits.MaximumBytes} bytes"));
        }

        incoming.Body.Reserve(length);
        return history;
    }

    /// <summary>Returns the items to which the input refers.</summary>
    /// <param name="root">The request body.</param>
    /// <exception cref="InvalidRequestException">A reference is invalid, or the store failed.</exception>
    public async Task<ReferencedItems> ReadReferencesAsync(HttpContext context, IncomingRequest incoming, JsonElement root)
    {
        ReferencedItems? items = null;
        var input = root.TryGetProperty("input", out var member) ? member : default;
        await replies.GuardAsync(async () => items = await ReferencedItems.ReadAsync(replies, context, input));
        incoming.Body.Reserve(items!.Length);
        return items;
    }

    private async Task<ResponseHistory> ReadAsync(HttpContext context, string id)
    {
        using var response = await StoredResponse.OpenAsync(replies, context, id) ?? throw new InvalidRequestException(
            OpenAIError.BadRequest($"Previous response with id '{Excerpt.Of(id)}' not found.", Member, NotFound));
        using var timeout = new CancellationTokenSource(EndTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            while (response.Reader.Ending is null && await response.Reader.WaitAsync(both.Token))
            {
                // Its chunks are read at the end.
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new InvalidRequestException(FieldErrors.Invalid(Member, "the response is still in progress"));
        }

        return new ResponseHistory(response.ToHistory(), response.Hint);
    }
}

/// <summary>The history that precedes the input of a response.</summary>
/// <param name="Items">The items, as an array.</param>
/// <param name="Hint">The routing hint of the first response; null if it had none.</param>
internal sealed record ResponseHistory(JsonDocument Items, RoutingHint? Hint) : IDisposable
{
    public void Dispose() => Items.Dispose();
}
