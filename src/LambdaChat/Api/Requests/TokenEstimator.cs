using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>Estimates the tokens that a request may use at most.</summary>
internal static class TokenEstimator
{
    /// <summary>The assumed length of a reply, in tokens, if neither the request nor the model limits it.</summary>
    public const int DefaultCompletion = 4096;

    private const int BytesPerToken = 3; // English text has about four bytes per token, Chinese text about three.
    private const int BytesPerTokenId = 2; // The shortest token id in an array: a digit and a comma.
    private const int LongestCompletion = 1 << 20; // Tokens. No model generates more in one choice.
    private const int TemplateTokens = 4096; // A chat template may add a system prompt and tool instructions.
    private const int ImageTokens = 65_536; // Some servers read the address of an image in a text.
    private const int PartTokens = 4096; // An image of three million pixels in Qwen's models. Most have fewer.
    private const string Template = "chat_template"; // Writes a prompt of any length.

    /// <exception cref="ErrorResponseException">A field that counts is not a number.</exception>
    public static TokenEstimate Of(RequestJson json, Model model, ModelTasks task)
    {
        var isGenerated = task is ModelTasks.Chat or ModelTasks.Completions;
        var defaults = isGenerated ? UpstreamRequest.FindDefaults(json, model) : [];
        var items = PromptItems.Count(json, task);
        var repeated = PromptItems.Repeated(json, task) * (items - 1);
        var size = PromptSize.Of(json) + repeated;
        var isTokenIds = PromptItems.IsTokenIds(json, "prompt") || PromptItems.IsTokenIds(json, "input");
        var parts = model.IsTextOnly ? 0 : size.Parts; // A short text replaces the images of a request.
        var prompt = DivideUp(size.TextBytes, isTokenIds ? BytesPerTokenId : BytesPerToken) + (parts * PartTokens);
        var context = model.ContextLength * items ?? long.MaxValue;
        var isOpen = parts > 0 || json.Find(Template) is not null || defaults.Exists(static pair => pair.Key == Template);
        var maximumPrompt = isOpen ? context
            : json.Body.Length + repeated.TextBytes + defaults.Sum(static pair => (long)pair.Value.Length)
                + (items * (model.Images ? ImageTokens : TemplateTokens));
        return isGenerated
            ? OfGenerated(json, model, defaults, items) with
            {
                Prompt = Math.Min(prompt, context),
                MaximumPrompt = Math.Min(maximumPrompt, context),
            }
            : new TokenEstimate(prompt, Completion: 0) { MaximumPrompt = Math.Max(maximumPrompt, prompt), MaximumCompletion = 0 };
    }

    // The completion only. A limit that few servers read never makes it shorter, because the others generate without it.
    private static TokenEstimate OfGenerated(RequestJson json, Model model, List<KeyValuePair<string, byte[]>> defaults, long items)
    {
        var limit = FindNumber(UpstreamRequest.CommonTokenLimits, long.MaxValue) ?? model.MaxTokens;
        var other = FindNumber(UpstreamRequest.TokenLimits, long.MaxValue) ?? 0;
        var cap = model.MaxTokens ?? model.ContextLength ?? int.MaxValue;
        var choices = FindNumber(UpstreamRequest.ChoiceCounts, RequestLimits.MaximumChoices) ?? 1;
        choices = Math.Min(choices, model.MaxChoices ?? RequestLimits.MaximumChoices) * items;
        return new TokenEstimate(Prompt: 0, Of(DefaultCompletion) * choices)
        {
            MaximumCompletion = Of(LongestCompletion) * choices,
            Choices = choices,
        };

        long Of(long unlimited) => Math.Min(Math.Max(limit ?? unlimited, other), cap);

        // The largest number, because model servers differ in which of them they use.
        long? FindNumber(string[] names, long maximum) =>
            names.Max(name => UpstreamRequest.FindLimit(json, name, maximum) ?? UpstreamRequest.FindNumber(defaults, name));
    }

    private static long DivideUp(long value, long divisor) => (value + divisor - 1) / divisor;
}
