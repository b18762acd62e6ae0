using System.Runtime.CompilerServices;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>Reserves usage against the limits of a request's key and model. Registered only with <c>LIMITS</c> or <c>TABLE</c>.</summary>
internal sealed partial class UsageLimiter(
    LimitSettings settings, LocalUsageCounters counters, TimeProvider timeProvider, ILogger<UsageLimiter> logger, DynamoTable? table = null)
{
    /// <summary>Reserves usage for a request. The reservation is settled after the response.</summary>
    /// <param name="estimate">Returns the maximum number of tokens of the request. Called only if limits apply.</param>
    /// <returns>Null if neither the key nor the model has limits.</returns>
    /// <exception cref="ErrorResponseException">
    /// The caller's own limits are invalid, or bound the cost of a model that has no prices.
    /// </exception>
    public UsageLease? Reserve(HttpResponse response, LimitedCaller caller, Model model, Func<TokenEstimate> estimate)
    {
        var (ofKey, ofModel) = (FindCallerLimits(response, caller, model), settings.Of(model));
        return ofKey is null && ofModel is null
            ? null
            : Reserve(
                response,
                Reservation.Of(LimitPartition.OfKey(caller.Id), ofKey, ofModel, model, estimate(), timeProvider.GetUtcNow()));
    }

    /// <summary>
    /// Reserves a place for a request before its usage is known, while its body or stored replies are read: in the limits of its key that
    /// need no body, requests per minute and streams.
    /// </summary>
    /// <returns>Null if the key has no such limits.</returns>
    /// <exception cref="ErrorResponseException">A limit is reached, or the caller's own limits are invalid.</exception>
    public RequestPlace? ReservePlace(HttpResponse response, LimitedCaller caller)
    {
        if (FindCallerLimits(response, caller) is not { } limits || (limits.RequestsPerMinute ?? limits.Streams) is null)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        var reservation = Reservation.OfPlace(LimitPartition.OfKey(caller.Id), limits, now);
        if (counters.TryTake(reservation) is not { } exceeded)
        {
            return new RequestPlace(counters, reservation);
        }

        var failure = exceeded.ToFailure();
        RequestIsRejected(RequestIdOf(response), caller.Name, exceeded.LimitName);
        RateLimitHeaders.Write(response.Headers, reservation, now);
        throw new ErrorResponseException(failure.Response!);
    }

    /// <param name="model">The model whose prices the limits need; null if it is not known yet.</param>
    private LimitSet? FindCallerLimits(HttpResponse response, LimitedCaller caller, Model? model = null)
    {
        try
        {
            var limits = settings.Of(caller);
            if (limits is not null && model is not null)
            {
                LimitSettings.RequirePrices(model, limits, "limits");
            }

            return limits;
        }
        catch (ConfigurationException exception)
        {
            LimitsAreInvalid(RequestIdOf(response), caller.Name, exception.Message);
            throw new ErrorResponseException(ApiError.Server(
                StatusCodes.Status503ServiceUnavailable, "limits_unavailable", "The limits of this API key are invalid."));
        }
    }

    private UsageLease Reserve(HttpResponse response, Reservation reservation)
    {
        var shared = table is null ? null : CreateTableReservation(reservation, table);
        var lease = new UsageLease(reservation, counters, shared, settings, timeProvider, RequestIdOf(response), logger);
        response.RegisterForDisposeAsync(lease);
        response.OnStarting(() =>
        {
            RateLimitHeaders.Write(response.Headers, reservation, timeProvider.GetUtcNow());
            return Task.CompletedTask;
        });
        return lease;
    }

    private static string RequestIdOf(HttpResponse response) => response.HttpContext.TraceIdentifier;

    [MethodImpl(MethodImplOptions.NoInlining)] // Loads the AWS SDK only if it is called.
    private TableReservation CreateTableReservation(Reservation reservation, DynamoTable shared) =>
        new(shared, reservation, settings.Lease, timeProvider);

    [LoggerMessage(
        LogLevel.Information,
        "Request {RequestId} of the key {Key} was rejected before its body or stored replies were read: limit {Limit} of the key.")]
    private partial void RequestIsRejected(string requestId, string? key, string? limit);

    [LoggerMessage(LogLevel.Error, "Request {RequestId} was rejected, because the limits of the key {Key} in TABLE are invalid: {Reason}")]
    private partial void LimitsAreInvalid(string requestId, string? key, string reason);
}
