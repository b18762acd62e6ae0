using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>All that one request takes from its key's limits and its model's.</summary>
/// <param name="Estimate">The most tokens that it may use.</param>
/// <param name="Reserved">What these make, booked until it is known what it did use.</param>
internal sealed record Reservation(IReadOnlyList<UsageWindow> Accounts, IReadOnlyList<ConcurrencyLimit> Streams, TokenEstimate Estimate, Usage Reserved)
{
    /// <summary>True where it matters how many tokens a reply has.</summary>
    public bool CountsTokens => Accounts.Any(window => window.Tokens is not null || window.Cost is not null);

    /// <param name="limits">Those of each subject that has some.</param>
    public static Reservation Of(IEnumerable<KeyValuePair<LimitPartition, LimitSet>> limits, Model model, TokenEstimate estimate, DateTimeOffset now)
    {
        var accounts = new List<UsageWindow>();
        var streams = new List<ConcurrencyLimit>();
        foreach (var (subject, set) in limits)
        {
            AddAccounts(accounts, subject, set, now);
            if (set.Streams is { } most)
            {
                streams.Add(new ConcurrencyLimit(subject, most));
            }
        }

        return new Reservation(accounts, streams, estimate, Usage.Of(model, estimate.Prompt, estimate.Completion));
    }

    private static void AddAccounts(List<UsageWindow> accounts, LimitPartition subject, LimitSet limits, DateTimeOffset now)
    {
        if (limits.RequestsPerMinute is not null || limits.TokensPerMinute is not null)
        {
            accounts.Add(new UsageWindow(subject, Window.Minute, now) { Requests = limits.RequestsPerMinute, Tokens = limits.TokensPerMinute });
        }

        if (limits.TokensPerDay is not null)
        {
            accounts.Add(new UsageWindow(subject, Window.Day, now) { Tokens = limits.TokensPerDay });
        }

        if (limits.TokensPerMonth is not null || limits.CostPerMonth is not null)
        {
            accounts.Add(new UsageWindow(subject, Window.Month, now) { Tokens = limits.TokensPerMonth, Cost = limits.CostPerMonth });
        }
    }
}

/// <summary>How many replies of a subject may be under way at once.</summary>
internal sealed record ConcurrencyLimit(LimitPartition Subject, int Most);
