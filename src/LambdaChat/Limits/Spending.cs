using System.Runtime.CompilerServices;
using LambdaChat.Authentication;
using LambdaChat.Models;
using LambdaChat.Store;

namespace LambdaChat.Limits;

/// <summary>Lets requests in as far as the limits of their key and of their model go. Registered only where there may be limits.</summary>
internal sealed class Spending(LimitSettings settings, Ledger ledger, TimeProvider timeProvider, ILogger<Spending> logger, Table? table = null)
{
    /// <summary>Asks for leave; it is settled once the request is answered.</summary>
    /// <param name="estimate">The most tokens that the request may use.</param>
    /// <returns>Null where neither the key nor the model has limits.</returns>
    public Permit? Admit(HttpContext context, Model model, Func<TokenEstimate> estimate)
    {
        var caller = Caller.Of(context);
        var limits = new List<KeyValuePair<Subject, LimitSet>>(2);
        if (settings.Of(caller) is { } ofKey)
        {
            limits.Add(new(Subject.OfKey(caller.Name), ofKey));
        }

        if (settings.Of(model) is { } ofModel)
        {
            limits.Add(new(Subject.OfModel(model.Name), ofModel));
        }

        return limits.Count > 0 ? Admit(context, Booking.Of(limits, model, estimate(), timeProvider.GetUtcNow())) : null;
    }

    private Permit Admit(HttpContext context, Booking booking)
    {
        var permit = new Permit(booking, ledger, table is null ? null : Store(booking, table), settings, timeProvider, logger);
        context.Response.RegisterForDisposeAsync(permit);
        context.Response.OnStarting(() =>
        {
            RateLimitHeaders.Write(context.Response.Headers, booking, timeProvider.GetUtcNow());
            return Task.CompletedTask;
        });
        return permit;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads the SDK.
    private StoredBooking Store(Booking booking, Table shared) => new(shared, booking, settings.Lease, timeProvider);
}
