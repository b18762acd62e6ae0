using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// What a conversation says about the tools of its request: the tools that it has loaded, added and removed. Claude Code adds the tools of
/// an MCP server that connects later, with the beta <c>mid-conversation-tool-changes-2026-07-01</c>.
/// </summary>
internal sealed class ToolChanges
{
    private readonly HashSet<string> _loaded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);

    /// <summary>The definitions of added tools that the request's list may not have, by their names.</summary>
    public Dictionary<string, JsonObjectItem> Definitions { get; } = new(StringComparer.Ordinal);

    /// <summary>True if a tool with <c>defer_loading</c> is available.</summary>
    public bool IsLoaded(string name) => _loaded.Contains(name);

    /// <summary>True if the last change of a tool removes it.</summary>
    public bool IsRemoved(string name) => _removed.Contains(name);

    /// <summary>A tool becomes available.</summary>
    public void Load(string name)
    {
        _loaded.Add(name);
        _removed.Remove(name);
    }

    /// <summary>Takes a block; false for one that is not a change.</summary>
    /// <exception cref="ErrorResponseException">The block is malformed.</exception>
    public bool TryAdd(JsonObjectItem block)
    {
        if (block.Type is not ("tool_addition" or "tool_removal"))
        {
            return false;
        }

        var tool = block.Object("tool", tag: "");
        switch (tool.Type)
        {
            case "tool_reference" when block.Type == "tool_removal":
                _removed.Add(NameOf(tool));
                break;
            case "tool_reference":
                Load(NameOf(tool));
                break;
            case "tool_definition" when tool.Object("definition") is var definition && definition.Type != "mcp_toolset":
                Load(NameOf(definition));
                Definitions[NameOf(definition)] = definition;
                break;
        }

        return true; // Others are tools of an MCP server that Anthropic's servers call.
    }

    private static string NameOf(JsonObjectItem tool) => JsonText.Decode(tool.Text("name").Span);
}
