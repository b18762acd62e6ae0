namespace LambdaChat.Limits;

/// <summary>The limits of a <see cref="LimitSet"/>.</summary>
internal enum LimitKind
{
    RequestsPerMinute,
    TokensPerMinute,
    TokensPerDay,
    TokensPerMonth,
    CostPerMonth,
    Streams,
}
