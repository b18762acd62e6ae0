using System.Globalization;
using LambdaChat.Failures;
using LambdaChat.Http;

namespace LambdaChat.Limits;

/// <summary>The limit that rejects a request.</summary>
/// <param name="Maximum">The value of the limit.</param>
/// <param name="Wait">The time after which a retry may succeed.</param>
/// <param name="IsReserved">True if only reservations of replies in progress reach the limit. Most of them are returned in seconds.</param>
internal sealed record LimitExceeded(LimitPartition Owner, LimitKind Kind, decimal Maximum, TimeSpan Wait, bool IsReserved = false)
{
    /// <summary>The wait if a reply in progress has to end first.</summary>
    public static readonly TimeSpan ReplyWait = TimeSpan.FromSeconds(2);

    // The window may have ended while the table was queried.
    private static readonly TimeSpan MinimumWait = TimeSpan.FromMilliseconds(1);

    // Clients should not retry automatically after a longer wait.
    private static readonly TimeSpan MaximumRetryWait = TimeSpan.FromMinutes(15);

    public static LimitExceeded Of(UsageWindow window, LimitKind kind, bool isReserved, DateTimeOffset now)
    {
        var left = window.End - now;
        var wait = left > MinimumWait ? left : MinimumWait;
        return new LimitExceeded(window.Owner, kind, window.Maximum(kind), isReserved && wait > ReplyWait ? ReplyWait : wait, isReserved);
    }

    public static LimitExceeded Of(ConcurrencyLimit limit) => new(limit.Owner, LimitKind.Streams, limit.Maximum, ReplyWait);

    /// <summary>
    /// Status 429 with OpenAI's codes: <c>rate_limit_exceeded</c> and the type <c>requests</c> or <c>tokens</c> if a short wait helps, and
    /// <c>insufficient_quota</c> if the budget of a day or a month is used up. Source: https://platform.openai.com/docs/guides/error-codes
    /// </summary>
    public ReplyFailure ToFailure() => new(FailureKind.LimitReached)
    {
        Detail = $"{Owner.Kind} {Kind}",
        Response = new ApiError(StatusCodes.Status429TooManyRequests, Type, Code, Message)
        {
            RetryAfter = Wait,
            IsRetryUseless = Wait > MaximumRetryWait,
        },
    };

    /// <summary>The name of the limit in the configuration.</summary>
    public string LimitName => Kind.SettingName();

    private bool IsRateLimit => IsReserved || Kind is LimitKind.RequestsPerMinute or LimitKind.TokensPerMinute or LimitKind.Streams;

    private string Code => IsRateLimit ? "rate_limit_exceeded" : "insufficient_quota";

    private string Type => Kind switch
    {
        LimitKind.RequestsPerMinute or LimitKind.Streams => "requests",
        _ => IsRateLimit ? "tokens" : "insufficient_quota",
    };

    private string Message => Kind switch
    {
        LimitKind.Streams => $"Rate limit exceeded: {Limit}. Try again when a reply has ended.",
        _ when IsReserved =>
            $"Rate limit exceeded: replies in progress have reserved the rest of {Limit}. Try again in {GoDuration.Format(Wait)}.",
        _ when IsRateLimit => $"Rate limit exceeded: {Limit}. Try again in {GoDuration.Format(Wait)}.",
        _ => $"Quota exceeded: {Limit}. The quota resets in {GoDuration.Format(Wait)}.",
    };

    private string Limit => $"{Amount} for {Owner.Description}";

    private string Amount => Kind switch
    {
        LimitKind.RequestsPerMinute => $"{Figure} requests per minute",
        LimitKind.TokensPerMinute => $"{Figure} tokens per minute",
        LimitKind.TokensPerDay => $"{Figure} tokens per day",
        LimitKind.TokensPerMonth => $"{Figure} tokens per month",
        LimitKind.CostPerMonth => $"a cost of {Figure} per month",
        _ => $"{Figure} concurrent {(Maximum == 1 ? "reply" : "replies")}",
    };

    private string Figure => Maximum.ToString(CultureInfo.InvariantCulture);
}
