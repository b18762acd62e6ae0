using System.Runtime.CompilerServices;
using LambdaChat.Authentication.Callers;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>Lets requests in as far as the limits of their key and of their model go. Registered only where there may be limits.</summary>
internal sealed partial class UsageLimiter(LimitSettings settings, LocalUsageCounters counters, TimeProvider timeProvider, ILogger<UsageLimiter> logger, DynamoTable? table = null)
{
    /// <summary>Asks for leave; it is settled once the request is answered.</summary>
    /// <param name="estimate">The most tokens that the request may use.</param>
    /// <returns>Null where neither the key nor the model has limits.</returns>
    public UsageLease? Reserve(HttpContext context, Model model, Func<TokenEstimate> estimate)
    {
        var caller = Caller.Of(context);
        var limits = new List<KeyValuePair<LimitPartition, LimitSet>>(2);
        if (LimitsOf(caller) is { } ofKey)
        {
            limits.Add(new(LimitPartition.OfKey(caller.Name), ofKey));
        }

        if (settings.Of(model) is { } ofModel)
        {
            limits.Add(new(LimitPartition.OfModel(model.Name), ofModel));
        }

        return limits.Count > 0 ? Reserve(context, Reservation.Of(limits, model, estimate(), timeProvider.GetUtcNow())) : null;
    }

    private LimitSet? LimitsOf(Caller caller)
    {
        try
        {
            return settings.Of(caller);
        }
        catch (ConfigurationException exception)
        {
            LimitsAreInvalid(caller.Name, exception.Message);
            throw new InvalidRequestException(OpenAIError.Server(StatusCodes.Status503ServiceUnavailable, "limits_unavailable", "The limits of this API key are invalid."));
        }
    }

    private UsageLease Reserve(HttpContext context, Reservation reservation)
    {
        var lease = new UsageLease(reservation, counters, table is null ? null : Store(reservation, table), settings, timeProvider, logger);
        context.Response.RegisterForDisposeAsync(lease);
        context.Response.OnStarting(() =>
        {
            RateLimitHeaders.Write(context.Response.Headers, reservation, timeProvider.GetUtcNow());
            return Task.CompletedTask;
        });
        return lease;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads the SDK.
    private TableReservation Store(Reservation reservation, DynamoTable shared) => new(shared, reservation, settings.Lease, timeProvider);

    [LoggerMessage(LogLevel.Error, "The limits of the key {Key} in TABLE are invalid: {Reason}")]
    private partial void LimitsAreInvalid(string? key, string reason);
}
