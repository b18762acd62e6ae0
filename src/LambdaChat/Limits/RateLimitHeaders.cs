using System.Globalization;

namespace LambdaChat.Limits;

/// <summary>
/// How much is left, as OpenAI's headers say it: <c>x-ratelimit-limit-</c>, <c>-remaining-</c> and <c>-reset-</c> of <c>requests</c> and <c>tokens</c>.
/// They tell of the key where it has such a limit, else of the model; of tokens in the shortest window that has one.
/// Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
/// </summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, Reservation reservation, DateTimeOffset now)
    {
        if (reservation.Accounts.FirstOrDefault(window => window.Requests is not null) is { } ofRequests)
        {
            Write(headers, "requests", ofRequests.Requests!.Value, ofRequests.Seen.Requests, ofRequests.End - now);
        }

        if (reservation.Accounts.FirstOrDefault(window => window.Tokens is not null) is { } ofTokens)
        {
            Write(headers, "tokens", ofTokens.Tokens!.Value, ofTokens.Seen.Tokens, ofTokens.End - now);
        }
    }

    private static void Write(IHeaderDictionary headers, string what, long limit, long spent, TimeSpan reset)
    {
        headers[$"x-ratelimit-limit-{what}"] = limit.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-remaining-{what}"] = Math.Max(0, limit - spent).ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-reset-{what}"] = GoDuration.Format(reset);
    }
}
