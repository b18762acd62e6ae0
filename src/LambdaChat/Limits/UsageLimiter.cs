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
    /// <param name="callerName">The name of the caller's key; null for anonymous access.</param>
    /// <param name="callerLimits">The caller's own limits as JSON; null if only the configured limits apply.</param>
    /// <param name="estimate">Returns the maximum number of tokens of the request. Called only if limits apply.</param>
    /// <returns>Null if neither the key nor the model has limits.</returns>
    /// <exception cref="InvalidRequestException">The caller's own limits are invalid.</exception>
    public UsageLease? Reserve(HttpResponse response, string? callerName, string? callerLimits, Model model, Func<TokenEstimate> estimate)
    {
        var (ofKey, ofModel) = (FindCallerLimits(callerName, callerLimits), settings.Of(model));
        return ofKey is null && ofModel is null
            ? null
            : Reserve(
                response,
                Reservation.Of(LimitPartition.OfKey(callerName), ofKey, ofModel, model, estimate(), timeProvider.GetUtcNow()));
    }

    /// <summary>
    /// Reserves a place for a request while its body is read, in the limits of its key that need no body: requests per minute and streams.
    /// </summary>
    /// <returns>Gives the place back; null if the key has no such limits.</returns>
    /// <exception cref="InvalidRequestException">A limit is reached, or the caller's own limits are invalid.</exception>
    public IDisposable? ReserveBody(HttpResponse response, string? callerName, string? callerLimits)
    {
        if (FindCallerLimits(callerName, callerLimits) is not { } limits || (limits.RequestsPerMinute ?? limits.Streams) is null)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        var reservation = Reservation.OfBody(LimitPartition.OfKey(callerName), limits, now);
        if (counters.TryTake(reservation) is not { } exceeded)
        {
            return new BodyReservation(counters, reservation);
        }

        var failure = exceeded.ToFailure();
        RequestIsRejected(callerName, exceeded.LimitName);
        RateLimitHeaders.Write(response.Headers, reservation, now);
        throw new InvalidRequestException(failure.Response!);
    }

    private LimitSet? FindCallerLimits(string? name, string? own)
    {
        try
        {
            return settings.Of(name, own);
        }
        catch (ConfigurationException exception)
        {
            LimitsAreInvalid(name, exception.Message);
            throw new InvalidRequestException(OpenAIError.Server(
                StatusCodes.Status503ServiceUnavailable, "limits_unavailable", "The limits of this API key are invalid."));
        }
    }

    private UsageLease Reserve(HttpResponse response, Reservation reservation)
    {
        var shared = table is null ? null : CreateTableReservation(reservation, table);
        var lease = new UsageLease(reservation, counters, shared, settings, timeProvider, logger);
        response.RegisterForDisposeAsync(lease);
        response.OnStarting(() =>
        {
            RateLimitHeaders.Write(response.Headers, reservation, timeProvider.GetUtcNow());
            return Task.CompletedTask;
        });
        return lease;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Loads the AWS SDK only if it is called.
    private TableReservation CreateTableReservation(Reservation reservation, DynamoTable shared) =>
        new(shared, reservation, settings.Lease, timeProvider);

    private sealed class BodyReservation(LocalUsageCounters counters, Reservation reservation) : IDisposable
    {
        public void Dispose() => counters.Settle(reservation, Usage.Nothing);
    }

    [LoggerMessage(LogLevel.Information, "A request of the key {Key} was rejected before its body was read: limit {Limit} of the key.")]
    private partial void RequestIsRejected(string? key, string? limit);

    [LoggerMessage(LogLevel.Error, "The limits of the key {Key} in TABLE are invalid: {Reason}")]
    private partial void LimitsAreInvalid(string? key, string reason);
}
