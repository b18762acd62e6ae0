using System.Globalization;
using LambdaChat.Failures;
using LambdaChat.Http;

namespace LambdaChat.Limits;

/// <summary>The limit that keeps a request out.</summary>
/// <param name="Most">The limit in figures.</param>
/// <param name="Wait">When there may be room again.</param>
internal sealed record LimitExceeded(LimitPartition Subject, LimitKind Kind, decimal Most, TimeSpan Wait)
{
    private static readonly TimeSpan StreamWait = TimeSpan.FromSeconds(2); // Nobody knows when a reply ends.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15); // Beyond it no client should retry by itself.

    public static LimitExceeded Of(UsageWindow window, LimitKind kind, DateTimeOffset now) => new(window.Subject, kind, window.Most(kind), window.End - now);

    public static LimitExceeded Of(ConcurrencyLimit limit) => new(limit.Subject, LimitKind.Streams, limit.Most, StreamWait);

    /// <summary>
    /// 429 as OpenAI says it: code <c>rate_limit_exceeded</c> with the type <c>requests</c> or <c>tokens</c> for what a short wait mends,
    /// <c>insufficient_quota</c> for a day's or a month's budget. Source: https://platform.openai.com/docs/guides/error-codes
    /// </summary>
    public ReplyFailure ToFailure() => new(FailureKind.LimitReached)
    {
        Detail = $"{Subject.Kind} {Kind}",
        Response = new OpenAIError(StatusCodes.Status429TooManyRequests, Type, Code, $"{Subject.Words} {Words}")
        {
            RetryAfter = Wait,
            IsRetryUseless = Wait > Patience,
        },
    };

    private string Type => Kind switch
    {
        LimitKind.RequestsPerMinute or LimitKind.Streams => "requests",
        LimitKind.TokensPerMinute => "tokens",
        _ => "insufficient_quota",
    };

    private string Code => Kind is LimitKind.RequestsPerMinute or LimitKind.TokensPerMinute or LimitKind.Streams ? "rate_limit_exceeded" : "insufficient_quota";

    private string Words => Kind switch
    {
        LimitKind.RequestsPerMinute => $"may begin {Figure} requests a minute and has. Try again in {GoDuration.Format(Wait)}.",
        LimitKind.TokensPerMinute => $"may use {Figure} tokens a minute and has, or replies under way may yet. Try again in {GoDuration.Format(Wait)}.",
        LimitKind.TokensPerDay => $"may use {Figure} tokens a day and has, or replies under way may yet. The next day begins in {GoDuration.Format(Wait)}.",
        LimitKind.TokensPerMonth => $"may use {Figure} tokens a month and has, or replies under way may yet. The next month begins in {GoDuration.Format(Wait)}.",
        LimitKind.CostPerMonth => $"may spend {Figure} a month and has, or replies under way may yet. The next month begins in {GoDuration.Format(Wait)}.",
        _ => $"may have {Figure} replies under way at once and has. Try again when one has ended.",
    };

    private string Figure => Most.ToString(CultureInfo.InvariantCulture);
}
