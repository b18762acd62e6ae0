using System.Diagnostics;
using System.Globalization;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>One choice of the model's reply as tokens.</summary>
/// <param name="Choice">Index of the choice in the reply.</param>
/// <param name="IsStamped">True to replace each token of the content by a timestamp.</param>
internal sealed record ScriptedChoice(
    int Choice, IReadOnlyList<string> Reasoning, IReadOnlyList<string> Content, IReadOnlyList<ToolCall> Calls, bool IsStamped)
{
    private const int ShortestKept = 4; // Shorter texts end a prompt by chance.

    private static readonly string[] OpeningTag = ["<", "think", ">"];
    private static readonly string[] ClosingTag = ["</", "think", ">"];

    public required string FinishReason { get; init; }

    /// <summary>True if the prompt has opened the thinking.</summary>
    public bool IsContinued { get; init; }

    public int TokenCount => Reasoning.Count + Content.Count + Calls.Sum(static call => call.Pieces.Count);

    /// <param name="canCallTools">False for servers and APIs without tools.</param>
    public static ScriptedChoice Create(EmulatorRequest request, string question, int choice, bool canCallTools)
    {
        var settings = request.StandIn;
        var calls = canCallTools ? ToolScript.Create(request, question) : [];
        var finishReason = settings.FinishReason
            ?? (calls.Count > 0 && !(request.Tools.IsNamed && settings.ToolCalls.Count == 0) ? "tool_calls" : "stop");
        if (settings.Tokens is { } count)
        {
            string[] tokens = [.. Enumerable.Range(0, count).Select(static i => $" t{i}")];
            return new ScriptedChoice(choice, [], tokens, calls, settings.IsStamped) { FinishReason = finishReason };
        }

        var (reasoning, content) = Script.Answer(question);

        // A reply with tool calls has content only if the request sets it.
        content = settings.Content(choice) is { } text && request.Kind is BodyKind.Completion ? text[KeptLength(question, text)..]
            : settings.Content(choice) ?? (calls.Count > 0 ? "" : FormattedContent.Apply(request.ResponseFormat, content));
        return new ScriptedChoice(
            choice, Script.Split(settings.Reasoning(choice) ?? reasoning), Script.Split(content), calls, settings.IsStamped)
        {
            FinishReason = finishReason,
        };
    }

    /// <summary>The same choice as a server without a reasoning parser writes it, or a server that drops the reasoning.</summary>
    public ScriptedChoice With(ReasoningPlacement placement) => placement switch
    {
        ReasoningPlacement.Tags when Reasoning.Count > 0 =>
            this with { Reasoning = [], Content = [.. IsContinued ? [] : OpeningTag, .. Reasoning, .. ClosingTag, .. Content] },
        ReasoningPlacement.ClosingTag when Reasoning.Count > 0 =>
            this with { Reasoning = [], Content = [.. Reasoning, .. ClosingTag, .. Content] },
        ReasoningPlacement.None => this with { Reasoning = [] },
        _ => this,
    };

    public IEnumerable<Step> Steps()
    {
        yield return new Step(Choice, StepKind.Role);
        foreach (var token in Reasoning)
        {
            yield return new Step(Choice, StepKind.Reasoning, token);
        }

        foreach (var token in Content)
        {
            yield return new Step(
                Choice, StepKind.Content, IsStamped ? Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) : token);
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

    // A prompt that ends with the beginning of the scripted text is continued.
    private static int KeptLength(string prompt, string text)
    {
        var length = text.Length;
        while (length >= ShortestKept && !prompt.EndsWith(text[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return length >= ShortestKept ? length : 0;
    }
}
