using System.Globalization;
using System.Text;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>Estimates the most tokens that a request can use.</summary>
internal static class TokenEstimator
{
    /// <summary>The tokens reserved for a reply if neither the request nor the model limits its length.</summary>
    public const int DefaultCompletion = 4096;

    private const int BytesPerToken = 3; // English has about four bytes per token, Chinese about three.
    private const int MaximumChoices = 128;

    /// <exception cref="InvalidRequestException">A field that the estimate needs is not a number.</exception>
    public static TokenEstimate Of(RequestJson json, Model model, ModelTasks task)
    {
        var prompt = Math.Min((json.Body.Length + BytesPerToken - 1) / BytesPerToken, model.ContextLength ?? int.MaxValue);
        if (task is not (ModelTasks.Chat or ModelTasks.Completions))
        {
            return new TokenEstimate(prompt, Completion: 0);
        }

        var each = Math.Min(Requested(json) ?? Default(model) ?? model.MaxTokens ?? DefaultCompletion, model.MaxTokens ?? model.ContextLength ?? int.MaxValue);
        var choices = Math.Min(Math.Max(Choices(json, "n"), Choices(json, "best_of")), model.MaxChoices ?? MaximumChoices);
        return new TokenEstimate(prompt, each * choices);
    }

    // The larger of the two limits: servers differ in which of them they apply.
    private static long? Requested(RequestJson json) => UpstreamRequest.TokenLimits.Max(name => json.Number(name, 1, long.MaxValue));

    private static long? Default(Model model) => model.Defaults
        .Where(pair => UpstreamRequest.TokenLimits.Contains(pair.Key))
        .Select(pair => long.TryParse(Encoding.UTF8.GetString(pair.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null)
        .FirstOrDefault();

    private static long Choices(RequestJson json, string name) => json.Number(name, 1, MaximumChoices) ?? 1;
}
