using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>All that one request takes from its key's limits and its model's.</summary>
/// <param name="Estimate">The most tokens that it may use.</param>
/// <param name="Reserved">What these make, booked until it is known what it did use.</param>
internal sealed record Booking(IReadOnlyList<Account> Accounts, IReadOnlyList<StreamLimit> Streams, TokenEstimate Estimate, Spent Reserved)
{
    /// <summary>True where it matters how many tokens a reply has.</summary>
    public bool CountsTokens => Accounts.Any(account => account.Tokens is not null || account.Cost is not null);

    /// <param name="limits">Those of each subject that has some.</param>
    public static Booking Of(IEnumerable<KeyValuePair<Subject, LimitSet>> limits, Model model, TokenEstimate estimate, DateTimeOffset now)
    {
        var accounts = new List<Account>();
        var streams = new List<StreamLimit>();
        foreach (var (subject, set) in limits)
        {
            AddAccounts(accounts, subject, set, now);
            if (set.Streams is { } most)
            {
                streams.Add(new StreamLimit(subject, most));
            }
        }

        return new Booking(accounts, streams, estimate, Spent.Of(model, estimate.Prompt, estimate.Completion));
    }

    private static void AddAccounts(List<Account> accounts, Subject subject, LimitSet limits, DateTimeOffset now)
    {
        if (limits.RequestsPerMinute is not null || limits.TokensPerMinute is not null)
        {
            accounts.Add(new Account(subject, Window.Minute, now) { Requests = limits.RequestsPerMinute, Tokens = limits.TokensPerMinute });
        }

        if (limits.TokensPerDay is not null)
        {
            accounts.Add(new Account(subject, Window.Day, now) { Tokens = limits.TokensPerDay });
        }

        if (limits.TokensPerMonth is not null || limits.CostPerMonth is not null)
        {
            accounts.Add(new Account(subject, Window.Month, now) { Tokens = limits.TokensPerMonth, Cost = limits.CostPerMonth });
        }
    }
}

/// <summary>How many replies of a subject may be under way at once.</summary>
internal sealed record StreamLimit(Subject Subject, int Most);
