using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.ReplyStore;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Api.Replies.Stored;

/// <summary>The stored replies of the caller of a request. Those of other callers do not exist.</summary>
/// <param name="storage">Null without a store.</param>
internal sealed partial class StoredReplies(
    ReaderLimit limit, MemoryBudget memory, ReplyMemory replies, ILogger<StoredReplies> logger, ReplyStorage? storage = null)
{
    /// <summary>The response header with the id of a stored reply.</summary>
    public const string IdHeader = "x-reply-id";

    /// <summary>True if there is a store.</summary>
    public bool IsAvailable => storage is not null;

    /// <summary>503: the store failed.</summary>
    public static ApiError Unavailable { get; } =
        ApiError.Server(StatusCodes.Status503ServiceUnavailable, "store_unavailable",
            "The store of replies did not respond. Try again.") with
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };

    /// <summary>413: the request is too long for the store.</summary>
    public static ApiError TooLarge { get; } = ApiError.Refused(
        StatusCodes.Status413PayloadTooLarge, "request_too_large_to_store",
        "The request is too large for the store of replies: with the responses before it, it has more than 4 MiB after compression. Use "
        + "smaller images, or send it without `background`.") with
    {
        IsRetryUseless = true,
    };

    /// <summary>400: the request needs a store, but <c>STORE</c> is off.</summary>
    public static ApiError Off(string? param) => ApiError.BadRequest(
        "This request needs stored replies, but STORE is off on this server.", param, "store_off");

    /// <summary>
    /// Starts to store a reply. From now on it ends with Lambda's deadline or a cancellation, and not with its client's connection, unless
    /// the store fails.
    /// </summary>
    /// <param name="name">The name by which the caller finds the reply; null for none.</param>
    public ReplyProducer Start(HttpContext context, string id, ReadOnlyMemory<byte> request, string? name = null)
    {
        var producer = storage!.Start(
            KeyOf(context, id), request, context.TraceIdentifier, name is null ? null : new ReplyName(KeyOf(context, name), id));
        context.Response.RegisterForDisposeAsync(producer);
        context.Response.Headers[IdHeader] = id;
        var connection = new StoredConnection(
            context.RequestAborted, context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken ?? default, producer.Failed);
        context.Response.RegisterForDispose(connection);
        context.RequestAborted = connection.Aborted;
        return producer;
    }

    /// <summary>Runs a request about a stored reply.</summary>
    /// <param name="isStop">True to stop or delete the reply, false to read it.</param>
    /// <exception cref="ErrorResponseException">There is no store, or it failed, or the caller reads or stops too often.</exception>
    public async Task RunAsync(HttpContext context, Func<Task> run, bool isStop = false)
    {
        if (!IsAvailable)
        {
            throw new ErrorResponseException(Off(param: null));
        }

        using var read = limit.Start(Caller.Of(context).Id, isStop);
        try
        {
            await run();
        }
        catch (ReplyStoreException exception)
        {
            StoreFailed(context.TraceIdentifier, exception);
            throw new ErrorResponseException(Unavailable);
        }
    }

    /// <inheritdoc cref="ReplyStorage.StartSearch"/>
    public long StartSearch() => storage!.StartSearch();

    /// <summary>Opens a reply; null if it does not exist.</summary>
    /// <param name="search">The search to which this one belongs; null for its own.</param>
    /// <param name="began">When the reply began, if its name is stored; otherwise null.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    /// <exception cref="ErrorResponseException">There is no memory for it.</exception>
    public async Task<StoredReply?> OpenAsync(HttpContext context, string id, long? search = null, DateTimeOffset? began = null)
    {
        var held = new StoredReplyMemory(memory, Caller.Of(context).Id ?? "");
        StoredReply? reply = null;
        try
        {
            return reply = await OpenAsync(context, KeyOf(context, id), search, began, held);
        }
        finally
        {
            if (reply is null)
            {
                held.Dispose();
            }
        }
    }

    /// <summary>Returns the caller's last reply with this name; null for none.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task<NamedReply?> FindNameAsync(HttpContext context, string name) =>
        storage!.FindNameAsync(KeyOf(context, name), context.RequestAborted);

    /// <summary>Cancels the caller's last reply with this name if it is running or being created.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task CancelNamedAsync(HttpContext context, string name) =>
        storage!.CancelNamedAsync(KeyOf(context, name), id => KeyOf(context, id), context.RequestAborted);

    /// <summary>Cancels a reply if it is running. Null if it does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task<ReplyHead?> CancelAsync(HttpContext context, string id) =>
        storage!.CancelAsync(KeyOf(context, id), context.RequestAborted);

    /// <summary>Deletes a reply. False if it does not exist.</summary>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public Task<bool> DeleteAsync(HttpContext context, string id) =>
        storage!.DeleteAsync(KeyOf(context, id), context.RequestAborted);

    private async Task<StoredReply?> OpenAsync(
        HttpContext context, ReplyKey key, long? search, DateTimeOffset? began, StoredReplyMemory held)
    {
        if (await storage!.ReadRequestAsync(key, search, began, held.Reserve, context.RequestAborted) is not { } request)
        {
            return null;
        }

        var reader = storage.Read(key);
        if (!await reader.ReadAsync(context.RequestAborted))
        {
            return null;
        }

        held.Reserve(reader.Length);
        return new StoredReply(JsonDocument.Parse(request, RequestItem.Options), reader, replies.Begin(context), held);
    }

    private static ReplyKey KeyOf(HttpContext context, string id) => ReplyKey.Of(Caller.Of(context).Id, id);

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} about a stored reply failed, because the reply store failed.")]
    private partial void StoreFailed(string requestId, Exception exception);
}
