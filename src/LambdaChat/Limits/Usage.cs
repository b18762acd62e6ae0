using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>The usage of one request, or of several together. Sums saturate.</summary>
/// <param name="Requests">Requests started.</param>
/// <param name="Tokens">Tokens of prompts and completions.</param>
/// <param name="Cost">The cost by the model's prices, in their currency.</param>
internal sealed record Usage(long Requests, long Tokens, decimal Cost)
{
    private const decimal PriceUnit = 1_000_000; // Prices are per million tokens.
    private const int Decimals = 12; // DynamoDB adds numbers of up to 38 digits.
    private const decimal MaximumCost = 1_000_000_000_000_000; // Leaves room for the decimals, and for sums without an overflow.

    public static Usage Nothing { get; } = new(0, 0, 0);

    public static Usage OneRequest { get; } = new(1, 0, 0);

    /// <summary>The usage of one request.</summary>
    public static Usage Of(Model model, long prompt, long completion) =>
        new(1, Add(prompt, completion), Round(CostOf(prompt, model.Prices?.Input) + CostOf(completion, model.Prices?.Output)));

    public static Usage operator +(Usage left, Usage right) =>
        new(Add(left.Requests, right.Requests), Add(left.Tokens, right.Tokens), Clamp(left.Cost + right.Cost));

    public static Usage operator -(Usage left, Usage right) => left + new Usage(-right.Requests, -right.Tokens, -right.Cost);

    private static long Add(long left, long right) => (long)Int128.Clamp((Int128)left + right, -long.MaxValue, long.MaxValue);

    private static decimal CostOf(long tokens, decimal? price) =>
        price is null || tokens <= 0 ? 0 : price > decimal.MaxValue / tokens ? MaximumCost : price.Value * tokens / PriceUnit;

    private static decimal Round(decimal cost) => decimal.Round(Clamp(cost), Decimals);

    private static decimal Clamp(decimal cost) => Math.Clamp(cost, -MaximumCost, MaximumCost);
}
