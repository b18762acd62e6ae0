namespace LambdaChat.Models;

/// <summary>What a model's tokens cost, in whatever currency the limits on cost are in.</summary>
/// <param name="Input">A million tokens of prompts.</param>
/// <param name="Output">A million tokens of replies.</param>
internal sealed record ModelPrices(decimal Input, decimal Output);
