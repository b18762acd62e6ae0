using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>A function that the request declares.</summary>
/// <param name="Parameters">JSON schema of the arguments; null for none.</param>
internal sealed record ToolDefinition(string Name, JsonObject? Parameters);

/// <summary>The functions that the model may call: <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
/// <param name="IsRequired">True if the reply must have a call.</param>
/// <param name="IsNamed">True if <c>tool_choice</c> names the function. vLLM then ends the reply with <c>stop</c>.</param>
/// <param name="AllowsSeveral">False if the reply can have at most one call.</param>
internal sealed record RequestedTools(IReadOnlyList<ToolDefinition> Tools, bool IsRequired, bool IsNamed, bool AllowsSeveral)
{
    /// <exception cref="RefusedRequestException"><c>tool_choice</c> is invalid.</exception>
    public static RequestedTools Parse(JsonFields request, JsonObject root)
    {
        var tools = request.Objects("tools")
            .Select(static tool => tool.Object("function"))
            .OfType<JsonFields>()
            .Select(static function => new ToolDefinition(function.Text("name") ?? "", function.Object("parameters")?.Json))
            .ToList();
        var allowsSeveral = root["parallel_tool_calls"] is null || request.Flag("parallel_tool_calls");
        return root["tool_choice"] is JsonObject
            ? new RequestedTools([FindNamed(request, tools)], IsRequired: true, IsNamed: true, AllowsSeveral: false)
            : request.Text("tool_choice") switch
            {
                "none" => new RequestedTools([], IsRequired: false, IsNamed: false, allowsSeveral),
                "required" => new RequestedTools(tools, IsRequired: true, IsNamed: false, allowsSeveral),
                null or "auto" => new RequestedTools(tools, IsRequired: false, IsNamed: false, allowsSeveral),
                _ => throw request.Invalid("tool_choice", "must be none, auto, required or an object"),
            };
    }

    private static ToolDefinition FindNamed(JsonFields request, List<ToolDefinition> tools)
    {
        var name = request.Object("tool_choice")?.Object("function")?.Text("name");
        return tools.Find(tool => tool.Name == name) ?? throw request.Invalid("tool_choice", "names a function that is not in tools");
    }
}
