using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// The tools of a request as functions. A tool with <c>defer_loading</c> is left out until a <c>tool_reference</c> or a
/// <c>tool_addition</c> names it. The search for tools would run on Anthropic's servers: a request with it gets all its tools. Other tools
/// of Anthropic's servers are left out, unless the request has no other tool or requires one of them.
/// </summary>
internal sealed class ToolList
{
    private readonly ByteBuffer _functions = new(1024);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly ToolChanges _changes;
    private readonly JsonObjectItem? _choice;
    private readonly string? _chosen; // The name of the tool that the choice requires.
    private JsonObjectItem? _hosted; // A tool of Anthropic's servers: the chosen one, or else the first one.

    /// <exception cref="ErrorResponseException">A tool is malformed, or a tool of Anthropic's servers is required.</exception>
    public ToolList(RequestJson json, ToolChanges changes)
    {
        _changes = changes;
        _choice = Conversation.Find(json, "tool_choice") is { } choice ? new JsonObjectItem(choice, "tool_choice", tag: "") : null;
        _chosen = _choice?.FindText("name") is { } text ? JsonText.Decode(text.Span) : null;
        if (Conversation.Find(json, "tools") is { } tools)
        {
            AddAll(tools);
        }

        foreach (var (name, definition) in changes.Definitions)
        {
            if (!_names.Contains(name))
            {
                Add(definition, static _ => true);
                RequestLimits.Require(_functions.Length);
            }
        }

        if (_hosted is not null && (_names.Count == 0 || (IsChosen(_hosted) && !_names.Contains(_chosen!))))
        {
            throw NotSupported(_hosted);
        }
    }

    /// <summary>True if the model gets no tools.</summary>
    public bool IsEmpty => _functions.Length == 0;

    /// <summary>Writes the members <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>, each after a comma.</summary>
    /// <param name="withChoice">False to let the model choose.</param>
    /// <exception cref="ErrorResponseException">The choice is malformed.</exception>
    public void WriteTo(ByteBuffer output, bool withChoice)
    {
        if (IsEmpty)
        {
            if (withChoice && _choice?.Type is "any" or "tool")
            {
                throw new ErrorResponseException(ApiError.BadRequest(
                    $"tool_choice.{_choice.Type} may only be specified while providing tools"));
            }

            return;
        }

        output.Append(",\"tools\":["u8);
        output.Append(_functions.Span);
        output.Append("]"u8);
        if (withChoice && _choice is not null)
        {
            WriteChoice(_choice, output);
        }
    }

    private void AddAll(JsonItem tools)
    {
        var elements = tools.IsArray
            ? tools.Elements()
            : throw new ErrorResponseException(FieldErrors.WrongType("tools", FieldType.Objects, tools.Json.Span));
        var list = elements.Select(static (item, i) => new JsonObjectItem(item, $"tools[{i}]", tag: "custom")); // Not all in memory.
        var loadsAll = list.Any(IsSearch);
        foreach (var tool in list.Where(tool => !IsSearch(tool)))
        {
            Add(tool, name => loadsAll || name == _chosen || _changes.IsLoaded(name));
            RequestLimits.Require(_functions.Length);
        }
    }

    // The types of Anthropic's tools end in a date, except that of a remote MCP server's tools.
    private static bool IsHosted(string type) =>
        type == "mcp_toolset" || (type.LastIndexOf('_') is var date and > 0 && type.Length == date + 9
            && type.AsSpan(date + 1).IndexOfAnyExceptInRange('0', '9') < 0);

    private static ErrorResponseException NotSupported(JsonObjectItem tool) =>
        tool.Unsupported("type", ["custom", .. ClientTools.Types], "No tool runs on this server.");

    private static bool IsSearch(JsonObjectItem tool) => tool.Type.StartsWith("tool_search_tool_", StringComparison.Ordinal);

    private bool IsChosen(JsonObjectItem tool) =>
        _chosen is not null && tool.FindText("name") is { } name && JsonText.Decode(name.Span) == _chosen;

    private void Add(JsonObjectItem tool, Func<string, bool> isLoaded)
    {
        if (tool.Type is not ("" or "custom"))
        {
            AddKnown(tool);
            return;
        }

        var name = TakeName(tool);
        var schema = tool.Find("input_schema") is { IsObject: true } value
            ? value
            : throw tool.Missing("input_schema", FieldType.Object);
        if (_changes.IsRemoved(name) || (tool.IsTrue("defer_loading") && !isLoaded(name)))
        {
            return;
        }

        Begin(tool);
        if (tool.FindText("description") is { } description)
        {
            _functions.Append("\",\"description\":\""u8);
            _functions.Append(description.Span);
        }

        _functions.Append("\",\"parameters\":"u8);
        _functions.Append(schema.Json.Span);
        _functions.Append(tool.IsTrue("strict") ? ",\"strict\":true}}"u8 : "}}"u8);
    }

    private string TakeName(JsonObjectItem tool)
    {
        var name = JsonText.Decode(tool.Text("name").Span);
        return name.Length == 0 ? throw new ErrorResponseException(FieldErrors.EmptyString(tool.PathOf("name")))
            : _names.Add(name) ? name
            : throw new ErrorResponseException(ApiError.BadRequest("tools: Tool names must be unique."));
    }

    private void AddKnown(JsonObjectItem tool)
    {
        if (ClientTools.Find(tool) is not { } known)
        {
            if (!IsHosted(tool.Type))
            {
                throw NotSupported(tool);
            }

            _hosted = _hosted is null || IsChosen(tool) ? tool : _hosted;
            return;
        }

        TakeName(tool);
        Begin(tool);
        _functions.Append("\",\"description\":"u8);
        _functions.Append(JsonText.Quote(known.Description));
        _functions.Append(",\"parameters\":"u8);
        _functions.Append(Encoding.UTF8.GetBytes(known.Schema.ReplaceLineEndings("")));
        _functions.Append("}}"u8);
    }

    private void Begin(JsonObjectItem tool)
    {
        ChatJson.Append(_functions, "{\"type\":\"function\",\"function\":{\"name\":\""u8);
        _functions.Append(tool.Text("name").Span);
    }

    private void WriteChoice(JsonObjectItem choice, ByteBuffer output)
    {
        switch (choice.Type)
        {
            case "auto":
                output.Append(",\"tool_choice\":\"auto\""u8);
                break;
            case "any":
                output.Append(",\"tool_choice\":\"required\""u8);
                break;
            case "none":
                output.Append(",\"tool_choice\":\"none\""u8);
                break;
            case "tool":
                var name = choice.Text("name").Span;
                if (!_names.Contains(JsonText.Decode(name)))
                {
                    throw new ErrorResponseException(ApiError.BadRequest(
                        $"Tool '{Excerpt.Of(JsonText.Decode(name))}' not found in provided tools"));
                }

                output.Append(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\""u8);
                output.Append(name);
                output.Append("\"}}"u8);
                break;
            default:
                throw choice.Unsupported("type", ["auto", "any", "tool", "none"]);
        }

        if (choice.Find("disable_parallel_tool_use") is { } flag)
        {
            output.Append(flag.Type switch
            {
                JsonTokenType.True => ",\"parallel_tool_calls\":false"u8,
                JsonTokenType.False => ",\"parallel_tool_calls\":true"u8,
                _ => throw choice.Missing("disable_parallel_tool_use", FieldType.Boolean),
            });
        }
    }
}
