using System.Globalization;
using System.Text;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>What requests may use at most.</summary>
internal static class TokenEstimator
{
    /// <summary>What a reply is taken for whose request and model say nothing of its length, in tokens.</summary>
    public const int DefaultCompletion = 4096;

    private const int BytesPerToken = 3; // English has about four to a token, Chinese about three.
    private const int MaximumChoices = 128;

    private static readonly string[] TokenMembers = ["max_completion_tokens", "max_tokens"];

    /// <exception cref="InvalidRequestException">A member that counts is no number.</exception>
    public static TokenEstimate Of(RequestJson json, Model model, ModelTasks task)
    {
        var prompt = Math.Min((json.Body.Length + BytesPerToken - 1) / BytesPerToken, model.ContextLength ?? int.MaxValue);
        if (task is not (ModelTasks.Chat or ModelTasks.Completions))
        {
            return new TokenEstimate(prompt, Completion: 0);
        }

        var each = Math.Min(Asked(json) ?? Default(model) ?? model.MaxTokens ?? DefaultCompletion, model.MaxTokens ?? model.ContextLength ?? int.MaxValue);
        var choices = Math.Min(Math.Max(Choices(json, "n"), Choices(json, "best_of")), model.MaxChoices ?? MaximumChoices);
        return new TokenEstimate(prompt, each * choices);
    }

    // Where both stand, which of them the server heeds is its own affair.
    private static long? Asked(RequestJson json) => TokenMembers.Max(name => json.Number(name, 1, long.MaxValue));

    private static long? Default(Model model) => model.Defaults
        .Where(pair => TokenMembers.Contains(pair.Key))
        .Select(pair => long.TryParse(Encoding.UTF8.GetString(pair.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null)
        .FirstOrDefault();

    private static long Choices(RequestJson json, string name) => json.Number(name, 1, MaximumChoices) ?? 1;
}
