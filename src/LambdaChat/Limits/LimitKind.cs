namespace LambdaChat.Limits;

/// <summary>The limits that a <see cref="LimitSet"/> may have.</summary>
internal enum LimitKind
{
    RequestsPerMinute,
    TokensPerMinute,
    TokensPerDay,
    TokensPerMonth,
    CostPerMonth,
    Streams,
}
