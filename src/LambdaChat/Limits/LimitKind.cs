using System.Text.Json;

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

internal static class LimitKindExtensions
{
    /// <summary>The name of the limit in the configuration.</summary>
    public static string SettingName(this LimitKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}
