using LambdaChat.Models;

namespace LambdaChat.Limits;

/// <summary>What a request costs, or what several have cost together.</summary>
/// <param name="Requests">Requests that began.</param>
/// <param name="Tokens">Tokens in and out together.</param>
/// <param name="Cost">By the model's prices, in their currency.</param>
internal sealed record Usage(long Requests, long Tokens, decimal Cost)
{
    private const decimal Million = 1_000_000; // Prices are for so many tokens.
    private const int Decimals = 12; // Of a cost: DynamoDB adds 38 digits.

    public static Usage Nothing { get; } = new(0, 0, 0);

    /// <summary>One request of a model.</summary>
    public static Usage Of(Model model, long prompt, long completion) =>
        new(1, prompt + completion, decimal.Round(((prompt * (model.Prices?.Input ?? 0)) + (completion * (model.Prices?.Output ?? 0))) / Million, Decimals));

    public static Usage operator +(Usage left, Usage right) => new(left.Requests + right.Requests, left.Tokens + right.Tokens, left.Cost + right.Cost);

    public static Usage operator -(Usage left, Usage right) => new(left.Requests - right.Requests, left.Tokens - right.Tokens, left.Cost - right.Cost);
}
