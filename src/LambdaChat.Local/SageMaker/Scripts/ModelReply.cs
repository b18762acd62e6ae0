using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>The model's reply to a request, independent of the format of a server.</summary>
/// <param name="Id">Without the server's prefix.</param>
/// <param name="Created">Seconds since 1970.</param>
/// <param name="Choices">The choices of each question, in the order of the questions.</param>
internal sealed record ModelReply(EmulatorRequest Request, string Id, long Created, IReadOnlyList<ScriptedChoice> Choices)
{
    /// <summary>Token count of the message that the reply continues.</summary>
    public int KeptTokens { get; init; }

    /// <summary>Token count of the prompt as the usage reports it.</summary>
    public int PromptTokens =>
        Request.Prompt?.Tokens ?? KeptTokens + Request.Questions.Sum(static question => 8 + Script.Split(question).Count);

    public static ModelReply Create(EmulatorRequest request, string id, long created, bool canCallTools) =>
        new(request, id, created, [.. request.Questions
            .SelectMany(question => Enumerable.Repeat(question, request.ChoiceCount))
            .Select((question, choice) => ScriptedChoice.Create(request, question, choice, canCallTools))]);

    public ModelReply With(ReasoningPlacement placement) => this with { Choices = [.. Choices.Select(choice => choice.With(placement))] };

    /// <summary>The steps of all choices, interleaved.</summary>
    public IEnumerable<Step> Steps()
    {
        var choices = Choices.Select(static choice => choice.Steps().GetEnumerator()).ToList();
        while (choices.Count > 0)
        {
            foreach (var choice in choices.ToArray())
            {
                if (choice.MoveNext())
                {
                    yield return choice.Current;
                }
                else
                {
                    choices.Remove(choice);
                }
            }
        }
    }

    public JsonObject Usage()
    {
        var (prompt, tokens) = (PromptTokens, Choices.Sum(static choice => choice.TokenCount));
        var usage = new JsonObject { ["prompt_tokens"] = prompt, ["total_tokens"] = prompt + tokens, ["completion_tokens"] = tokens };
        if (Request.Prompt is { } cached)
        {
            usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached.CachedTokens };
        }

        return usage;
    }
}
