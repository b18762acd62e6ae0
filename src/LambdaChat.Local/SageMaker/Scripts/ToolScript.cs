using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>The tool calls of the scripted model.</summary>
internal static class ToolScript
{
    private static readonly string[] WordsForSeveral = ["two", "twice", "both", "两"];

    /// <summary>
    /// The calls for a question. The model calls the functions that the question names, else the first one, and two for words like "two" or
    /// "both". After a tool result it calls a function only if <c>tool_choice</c> requires it.
    /// </summary>
    public static IReadOnlyList<ToolCall> Create(EmulatorRequest request, string question)
    {
        if (request.StandIn.SetsReply)
        {
            return request.StandIn.ToolCalls;
        }

        var requested = request.Tools;
        if (requested.Tools.Count == 0 || (request.EndsWithToolResult && !requested.IsRequired))
        {
            return [];
        }

        var called = requested.Tools.Where(tool => question.Contains(tool.Name, StringComparison.Ordinal)).ToList();
        if (called.Count < 2 && WordsForSeveral.Any(word => question.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            called = called.Count == 1 ? [called[0], called[0]] : [requested.Tools[0], requested.Tools[^1]];
        }

        called = called.Count == 0 ? [requested.Tools[0]] : called;
        var count = requested.AllowsSeveral ? called.Count : 1;
        return [.. called.Take(count).Select(static (tool, index) => new ToolCall(index, tool.Name, ArgumentsOf(tool)))];
    }

    private static string ArgumentsOf(ToolDefinition tool) =>
        ((tool.Parameters is { } schema ? SchemaExample.Create(schema) : null) ?? new JsonObject()).ToText();
}
