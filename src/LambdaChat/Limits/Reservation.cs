using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>The maximum number of tokens of a request, estimated from its body and the settings of its model.</summary>
/// <param name="Prompt">Tokens of the prompt, estimated from its bytes.</param>
/// <param name="Completion">Tokens that the request or the model allows for the completion.</param>
internal sealed record TokenEstimate(long Prompt, long Completion)
{
    /// <summary>The maximum number of prompt tokens that a model server can truthfully report.</summary>
    public long MaximumPrompt { get; init; } = int.MaxValue;

    /// <summary>
    /// The maximum number of completion tokens that a model server can truthfully report. Zero for a model that generates nothing.
    /// </summary>
    public long MaximumCompletion { get; init; } = int.MaxValue;

    /// <summary>The number of completions that the model generates at the same time.</summary>
    public long Choices { get; init; } = 1;
}

/// <summary>The number of replies that may be in progress at once.</summary>
internal sealed record ConcurrencyLimit(LimitPartition Owner, int Maximum);

/// <summary>The usage that one request reserves in all limits of its key and of its model.</summary>
/// <param name="Reserved">The estimate as usage. It counts until the actual usage is known.</param>
internal sealed record Reservation(
    IReadOnlyList<UsageWindow> Windows, IReadOnlyList<ConcurrencyLimit> Streams, TokenEstimate Estimate, Usage Reserved)
{
    private const long MaximumTokens = 1_000_000_000_000; // The maximum of one request, so that sums of reservations do not saturate.

    /// <summary>True if a limit counts tokens or their cost.</summary>
    public bool CountsTokens => Windows.Any(window => window.CountsTokens);

    /// <param name="ofKey">The limits of the caller; null if it has none.</param>
    /// <param name="ofModel">The limits that all callers of the model share; null if it has none.</param>
    public static Reservation Of(
        LimitPartition caller, LimitSet? ofKey, LimitSet? ofModel, Model model, TokenEstimate estimate, DateTimeOffset now)
    {
        var windows = new List<UsageWindow>();
        var streams = new List<ConcurrencyLimit>();
        Add(caller, ofKey, sharedBy: null);
        Add(LimitPartition.OfModel(model.Name), ofModel, sharedBy: caller);
        var reserved = Usage.Of(model, Math.Min(estimate.Prompt, MaximumTokens), Math.Min(estimate.Completion, MaximumTokens));
        return new Reservation(windows, streams, estimate, reserved);

        void Add(LimitPartition owner, LimitSet? limits, LimitPartition? sharedBy)
        {
            if (limits is not null)
            {
                AddWindows(windows, owner, limits, sharedBy, now);
            }

            if (limits?.Streams is { } maximum)
            {
                streams.Add(new ConcurrencyLimit(owner, maximum));
            }
        }
    }

    /// <summary>The reservation of a request whose usage is not known yet, in its caller's limits that need no body.</summary>
    public static Reservation OfPlace(LimitPartition caller, LimitSet limits, DateTimeOffset now)
    {
        UsageWindow[] windows = limits.RequestsPerMinute is { } requests
            ? [new UsageWindow(caller, Window.Minute, now) { Requests = requests }]
            : [];
        ConcurrencyLimit[] streams = limits.Streams is { } maximum ? [new ConcurrencyLimit(caller, maximum)] : [];
        return new Reservation(windows, streams, new TokenEstimate(0, 0), Usage.OneRequest);
    }

    private static void AddWindows(
        List<UsageWindow> windows, LimitPartition owner, LimitSet limits, LimitPartition? sharedBy, DateTimeOffset now)
    {
        if (limits.RequestsPerMinute is not null || limits.TokensPerMinute is not null)
        {
            windows.Add(new UsageWindow(owner, Window.Minute, now, sharedBy)
            {
                Requests = limits.RequestsPerMinute,
                Tokens = limits.TokensPerMinute,
            });
        }

        if (limits.TokensPerDay is not null)
        {
            windows.Add(new UsageWindow(owner, Window.Day, now, sharedBy) { Tokens = limits.TokensPerDay });
        }

        if (limits.TokensPerMonth is not null || limits.CostPerMonth is not null)
        {
            windows.Add(new UsageWindow(owner, Window.Month, now, sharedBy) { Tokens = limits.TokensPerMonth, Cost = limits.CostPerMonth });
        }
    }
}
