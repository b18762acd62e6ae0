using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Limits;

/// <summary>
/// The limits of one key, or of one model for all its callers together. Null means no limit. As JSON:
/// <c>{"requestsPerMinute":60,"tokensPerMinute":100000,"tokensPerDay":1000000,"tokensPerMonth":20000000,"costPerMonth":25,"streams":4}</c>.
/// </summary>
/// <param name="RequestsPerMinute">Requests started per minute.</param>
/// <param name="TokensPerMinute">Tokens of prompts and completions per minute.</param>
/// <param name="TokensPerDay">Tokens per day (UTC).</param>
/// <param name="TokensPerMonth">Tokens per calendar month (UTC).</param>
/// <param name="CostPerMonth">Cost per calendar month (UTC), in the currency of the model's prices.</param>
/// <param name="Streams">Replies in progress at once.</param>
internal sealed record LimitSet(
    int? RequestsPerMinute = null,
    long? TokensPerMinute = null,
    long? TokensPerDay = null,
    long? TokensPerMonth = null,
    decimal? CostPerMonth = null,
    int? Streams = null)
{
    /// <summary>The highest limit of streams: an item of the table has the leases of all, and at most 400 KB.</summary>
    public const int MaximumStreams = 10_000;

    /// <summary>Parses a JSON object of limits.</summary>
    /// <exception cref="ConfigurationException">The text is not JSON, or not an object of limits.</exception>
    public static LimitSet Parse(string json, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, where);
        }
        catch (JsonException)
        {
            throw new ConfigurationException($"{where} must be JSON.");
        }
    }

    /// <param name="json">The object above. A missing field means no limit.</param>
    /// <param name="where">Its name in an error message, for example <c>LIMITS keys.alice</c>.</param>
    /// <exception cref="ConfigurationException">A field is unknown, or its value is not a number above zero.</exception>
    public static LimitSet Read(JsonElement json, string where)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new ConfigurationException($"{where} must be an object of limits.");
        }

        var limits = new LimitSet();
        foreach (var member in json.EnumerateObject())
        {
            limits = Set(limits, member, where);
        }

        return limits;
    }

    /// <summary>The value of a limit; null if there is none.</summary>
    public decimal? Maximum(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => RequestsPerMinute,
        LimitKind.TokensPerMinute => TokensPerMinute,
        LimitKind.TokensPerDay => TokensPerDay,
        LimitKind.TokensPerMonth => TokensPerMonth,
        LimitKind.CostPerMonth => CostPerMonth,
        _ => Streams,
    };

    private static LimitSet Set(LimitSet limits, JsonProperty member, string where) => member.Name switch
    {
        "requestsPerMinute" => limits with { RequestsPerMinute = (int)Whole(member, where, int.MaxValue) },
        "tokensPerMinute" => limits with { TokensPerMinute = Whole(member, where, long.MaxValue) },
        "tokensPerDay" => limits with { TokensPerDay = Whole(member, where, long.MaxValue) },
        "tokensPerMonth" => limits with { TokensPerMonth = Whole(member, where, long.MaxValue) },
        "costPerMonth" => limits with { CostPerMonth = Amount(member, where) },
        "streams" => limits with { Streams = (int)Whole(member, where, MaximumStreams) },
        _ => throw new ConfigurationException($"{where} has the unknown limit {member.Name}."),
    };

    private static long Whole(JsonProperty member, string where, long most) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt64(out var value) && value > 0 && value <= most
            ? value
            : throw new ConfigurationException(
                $"{where}.{member.Name} must be a whole number {(most == MaximumStreams ? $"from 1 to {MaximumStreams}" : "above zero")}.");

    private static decimal Amount(JsonProperty member, string where) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDecimal(out var value) && value > 0
            ? value
            : throw new ConfigurationException($"{where}.{member.Name} must be a number above zero.");
}
