using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>Tool calls of servers that send each call in a single delta.</summary>
internal static class WholeCalls
{
    /// <summary>Joins the name and the arguments of each call into one step, in the form <c>NAME\nARGUMENTS</c>.</summary>
    public static IEnumerable<Step> Join(IEnumerable<Step> steps)
    {
        var calls = new Dictionary<int, Step>();
        foreach (var step in steps)
        {
            calls.TryGetValue(step.Choice, out var call);
            if (step.Kind is StepKind.ToolArguments)
            {
                calls[step.Choice] = call! with { Text = call.Text + step.Text };
                continue;
            }

            if (call is not null)
            {
                calls.Remove(step.Choice);
                yield return call;
            }

            if (step.Kind is StepKind.ToolCall)
            {
                calls[step.Choice] = step with { Text = step.Text + "\n" };
                continue;
            }

            yield return step;
        }
    }

    public static JsonArray Create(Step step)
    {
        var parts = step.Text.Split('\n', 2);
        var function = new JsonObject { ["name"] = parts[0], ["arguments"] = parts[1] };
        var call =
            new JsonObject { ["function"] = function, ["type"] = "function", ["id"] = ToolCall.IdOf(step.Call), ["index"] = step.Call };
        return [call];
    }
}
