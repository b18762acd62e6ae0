using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker;

/// <summary>What the model says to a request, before a server gives it a shape.</summary>
/// <param name="Id">Without the prefix that each server has for it.</param>
/// <param name="Created">Seconds since 1970.</param>
/// <param name="Choices">The answers: as many as were asked for to each question, question by question.</param>
internal sealed record ModelReply(EmulatorRequest Request, string Id, long Created, IReadOnlyList<ScriptedChoice> Choices)
{
    public static ModelReply To(EmulatorRequest request, string id, long created) =>
        new(request, id, created, [.. request.Questions
            .SelectMany(question => Enumerable.Repeat(question, request.ChoiceCount))
            .Select((question, choice) => ScriptedChoice.Of(request, question, choice))]);

    public ModelReply With(Thinking thinking) => this with { Choices = [.. Choices.Select(choice => choice.With(thinking))] };

    /// <summary>All answers at once, a step of each in turn.</summary>
    public IEnumerable<Step> Speak()
    {
        var speakers = Choices.Select(static choice => choice.Speak().GetEnumerator()).ToList();
        while (speakers.Count > 0)
        {
            foreach (var speaker in speakers.ToArray())
            {
                if (speaker.MoveNext())
                {
                    yield return speaker.Current;
                }
                else
                {
                    speakers.Remove(speaker);
                }
            }
        }
    }

    public JsonObject Usage()
    {
        var (prompt, tokens) = (Request.PromptTokens, Choices.Sum(static choice => choice.TokenCount));
        return new JsonObject { ["prompt_tokens"] = prompt, ["total_tokens"] = prompt + tokens, ["completion_tokens"] = tokens };
    }
}
