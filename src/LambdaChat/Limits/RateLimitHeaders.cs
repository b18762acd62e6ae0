using System.Globalization;

namespace LambdaChat.Limits;

/// <summary>
/// The headers <c>x-ratelimit-limit-</c>, <c>x-ratelimit-remaining-</c> and <c>x-ratelimit-reset-</c> of <c>requests</c> and
/// <c>tokens</c>, as OpenAI sends them. They describe the key's limit if it has one, else the model's. If there are several token
/// limits, they describe the one with the shortest window.
/// Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
/// </summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, Reservation reservation, DateTimeOffset now)
    {
        if (reservation.Windows.FirstOrDefault(window => window.Requests is not null) is { } ofRequests)
        {
            Write(headers, "requests", ofRequests.Requests!.Value, ofRequests.Seen.Requests, ofRequests.End - now);
        }

        if (reservation.Windows.FirstOrDefault(window => window.Tokens is not null) is { } ofTokens)
        {
            Write(headers, "tokens", ofTokens.Tokens!.Value, ofTokens.Seen.Tokens, ofTokens.End - now);
        }
    }

    private static void Write(IHeaderDictionary headers, string name, long limit, long used, TimeSpan reset)
    {
        headers[$"x-ratelimit-limit-{name}"] = limit.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-remaining-{name}"] = Math.Clamp(limit - used, 0, limit).ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-reset-{name}"] = GoDuration.Format(reset);
    }
}
