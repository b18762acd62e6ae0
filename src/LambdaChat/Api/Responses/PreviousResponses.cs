using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Responses;

/// <summary>
/// Reads what a request names of the store: the history of <c>previous_response_id</c>, which is the input and the output of the response
/// and of those before it, and the items of <c>item_reference</c>.
/// </summary>
internal sealed class PreviousResponses(StoredReplies replies, TimeProvider timeProvider, UsageLimiter? limiter = null)
{
    public const string Member = "previous_response_id";

    private const string NotFound = "previous_response_not_found"; // Clients then send the whole conversation.

    // A client may continue a response before the store has its end.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Reads the history and the referenced items. The request is limited like one that reads stored replies.</summary>
    /// <param name="root">The request body.</param>
    /// <exception cref="ErrorResponseException">
    /// There is no store, no such response, or it has not ended; a reference is invalid; a limit is reached; the store failed.
    /// </exception>
    public async Task<StoredInput> ReadAsync(HttpContext context, IncomingRequest incoming, JsonElement root)
    {
        var id = incoming.Json.FindText(Member);
        if (id is not null && !replies.IsAvailable)
        {
            throw new ErrorResponseException(StoredReplies.Off(Member) with { Code = NotFound });
        }

        var references = ReferencedItems.Find(replies.IsAvailable && root.TryGetProperty("input", out var member) ? member : default);
        var input = new StoredInput(references, id is null && references.IsEmpty ? null : ReservePlace(context));
        try
        {
            if (id is not null)
            {
                await replies.RunAsync(context, async () => input.History = await ReadAsync(context, id));
                incoming.Body.Reserve(LengthOf(input.History!));
            }

            await references.ReadAsync(replies, context);
            incoming.Body.Reserve(references.Length);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <exception cref="ErrorResponseException">The history is longer than a request.</exception>
    private static int LengthOf(ResponseHistory history)
    {
        var length = new RequestItem(history.Items.RootElement, "").Raw.Length;
        return length <= RequestLimits.MaximumBytes ? length : throw new ErrorResponseException(FieldErrors.Invalid(
            Member, $"the conversation of this response has more than {RequestLimits.MaximumBytes} bytes"));
    }

    private RequestPlace? ReservePlace(HttpContext context)
    {
        var place = limiter?.ReservePlace(context.Response, CallerLimits.Of(context));
        if (place is not null)
        {
            place.IsCounted = true;
        }

        return place;
    }

    private async Task<ResponseHistory> ReadAsync(HttpContext context, string id)
    {
        var notFound = ApiError.BadRequest($"Previous response with id '{Excerpt.Of(id)}' not found.", Member, NotFound);
        using var response = await StoredResponse.OpenAsync(replies, context, id) ?? throw new ErrorResponseException(notFound);
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
            throw new ErrorResponseException(FieldErrors.Invalid(Member, "the response is still in progress"));
        }

        if (response.Reader.Head is null)
        {
            throw new ErrorResponseException(notFound); // It was deleted.
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
