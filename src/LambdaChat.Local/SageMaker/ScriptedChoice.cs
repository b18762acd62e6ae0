using System.Diagnostics;
using System.Globalization;

namespace LambdaChat.Local.SageMaker;

/// <summary>One answer of the model, token by token.</summary>
/// <param name="Choice">Its number among the answers of one reply.</param>
/// <param name="IsStamped">True to say the time in place of each token of the content.</param>
internal sealed record ScriptedChoice(
    int Choice, IReadOnlyList<string> Reasoning, IReadOnlyList<string> Content, IReadOnlyList<ToolCall> Calls, bool IsStamped)
{
    private static readonly string[] OpeningTag = ["<", "think", ">"];
    private static readonly string[] ClosingTag = ["</", "think", ">"];

    public string FinishReason => Calls.Count > 0 ? "tool_calls" : "stop";

    public int TokenCount => Reasoning.Count + Content.Count + Calls.Sum(static call => call.Pieces.Count);

    public static ScriptedChoice Of(EmulatorRequest request, string question, int choice)
    {
        if (request.Tokens is { } count)
        {
            return new ScriptedChoice(choice, [], [.. Enumerable.Range(0, count).Select(static i => $" t{i}")], request.ToolCalls, request.IsStamped);
        }

        var (reasoning, content) = Script.Answer(question);
        if (request.ToolCalls.Count > 0)
        {
            content = ""; // A model that calls tools says nothing beside, unless it is told to.
        }

        return new ScriptedChoice(
            choice, Script.Split(request.Reasoning(choice) ?? reasoning), Script.Split(request.Content(choice) ?? content), request.ToolCalls, request.IsStamped);
    }

    /// <summary>The same answer as a server writes it that has no parser for the tags, or one that drops what is between them.</summary>
    public ScriptedChoice With(Thinking thinking) => thinking switch
    {
        Thinking.Inline when Reasoning.Count > 0 => this with { Reasoning = [], Content = [.. OpeningTag, .. Reasoning, .. ClosingTag, .. Content] },
        Thinking.Bare when Reasoning.Count > 0 => this with { Reasoning = [], Content = [.. Reasoning, .. ClosingTag, .. Content] },
        Thinking.Unsaid => this with { Reasoning = [] },
        _ => this,
    };

    public IEnumerable<Step> Speak()
    {
        yield return new Step(Choice, StepKind.Role);
        foreach (var token in Reasoning)
        {
            yield return new Step(Choice, StepKind.Reasoning, token);
        }

        foreach (var token in Content)
        {
            yield return new Step(Choice, StepKind.Content, IsStamped ? Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) : token);
        }

        foreach (var call in Calls)
        {
            yield return new Step(Choice, StepKind.ToolCall, call.Name) { Call = call.Index };
            foreach (var piece in call.Pieces)
            {
                yield return new Step(Choice, StepKind.ToolArguments, piece) { Call = call.Index };
            }
        }

        yield return new Step(Choice, StepKind.Finish) { FinishReason = FinishReason };
    }
}
