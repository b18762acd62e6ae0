using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The tools of a request, and of its input, as functions. OpenAI's own tools are left out. A request with only such tools is rejected if
/// the client runs one of them.
/// Source: https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class ToolList
{
    private const int MaximumNamespace = 256; // Characters. The names of its tools begin with it.

    private readonly List<(string Function, RequestItem Tool)> _functions = [];
    private readonly HashSet<string> _deferred = new(StringComparer.Ordinal); // The functions that are not loaded yet.
    private readonly List<(string Path, string Description)> _searchable = [];
    private readonly RequestItem _root;
    private readonly RequestItem? _search;
    private readonly bool _mayRepeat;
    private RequestItem? _builtIn; // The first tool of OpenAI's that the client runs.

    /// <param name="history">The items before the input; null for none.</param>
    /// <param name="mayRepeat">True if the list may have a tool twice.</param>
    /// <exception cref="ErrorResponseException">A tool is malformed, or none of the tools that the client runs is supported.</exception>
    public ToolList(RequestItem root, RequestItem? history = null, bool mayRepeat = false)
    {
        (_root, _mayRepeat) = (root, mayRepeat);
        var owners = new List<RequestItem> { root };
        AddItems(owners, history);
        AddItems(owners, root.Find("input"));
        _search = ToolSearch.Find(owners);
        foreach (var owner in owners)
        {
            Add(owner);
            _mayRepeat = true; // Clients repeat items with each turn.
        }

        if (_builtIn is { } tool && Names.Count == 0 && root.Name("tool_choice") != "none")
        {
            throw tool.Unsupported(
                "type", ["function", "custom", "namespace", ToolSearch.Tool], "Define a function for a tool that runs on the client.");
        }
    }

    /// <summary>The names of the functions.</summary>
    public ToolNames Names { get; } = new();

    /// <summary>The tools that the model receives, as the client sent them, without those in namespaces.</summary>
    public List<RequestItem> Known { get; } = [];

    /// <summary>True if the model gets no tools.</summary>
    public bool IsEmpty => _functions.Count == 0;

    /// <summary>True if the model gets a function with this name, unless <c>tool_choice</c> leaves it out.</summary>
    public bool Contains(string function) => Names.Contains(function) && !_deferred.Contains(function);

    /// <summary>Writes the members <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
    /// <param name="withChoice">False to let the model choose among the allowed functions.</param>
    public void WriteTo(Utf8JsonWriter writer, ToolChoice choice, bool withChoice)
    {
        if (IsEmpty)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var (function, tool) in _functions.Where(entry => choice.Allows(entry.Function)))
        {
            ToolWriter.Write(writer, function, tool, _searchable);
        }

        writer.WriteEndArray();
        if (withChoice && choice.Value.Length > 0)
        {
            writer.WritePropertyName("tool_choice"u8);
            writer.WriteRawValue(choice.Value);
        }

        if (_root.Find("parallel_tool_calls") is { } parallel)
        {
            writer.WriteBoolean("parallel_tool_calls"u8, parallel.Value.GetBoolean());
        }
    }

    private static void AddItems(List<RequestItem> owners, RequestItem? input)
    {
        if (input is { Value.ValueKind: JsonValueKind.Array } items)
        {
            foreach (var item in items.Elements().Where(static item => item.Type is InputItems.Tools or ToolSearch.Output))
            {
                owners.Add(item);
            }
        }
    }

    private void Add(RequestItem owner)
    {
        foreach (var tool in owner.List("tools"))
        {
            var count = Names.Count;
            if (TryAdd(tool, space: null, isLoaded: owner.Type == ToolSearch.Output)
                && (!_mayRepeat || Names.Count > count || IsSearch(tool)))
            {
                Known.Add(tool);
            }
        }
    }

    private bool IsSearch(RequestItem tool) => _search?.Path == tool.Path;

    // False for a tool that runs on OpenAI's servers, or is not known yet.
    private bool TryAdd(RequestItem tool, RequestItem? space, bool isLoaded)
    {
        switch (tool.Type)
        {
            case "function" or "custom":
                AddFunction(tool, space, isLoaded);
                return true;
            case ToolSearch.Tool when IsSearch(tool) && !ToolSearch.RunsOnClient(tool):
                return true;
            case ToolSearch.Tool when IsSearch(tool):
                _ = (tool.FindText("description"), tool.FindObject("parameters"));
                return AddFunction(new ClientTool(null, ToolSearch.Tool, IsCustom: false) { IsSearch = true }, tool);
            case "namespace" when space is null:
                var name = tool.Text("name").Value.GetString()!;
                if (name.Length > MaximumNamespace)
                {
                    throw new ErrorResponseException(FieldErrors.LongString(tool.Text("name").Path, MaximumNamespace, name.Length));
                }

                foreach (var inner in tool.List("tools"))
                {
                    TryAdd(inner, tool, isLoaded);
                }

                return true;
            case "":
                throw tool.Missing("type", FieldType.String, "a string such as 'function'");
            default:
                _builtIn ??= BuiltInCalls.RunsOnClient(tool) ? tool : null;
                return false;
        }
    }

    private void AddFunction(RequestItem tool, RequestItem? space, bool isLoaded)
    {
        var name = tool.Text("name").Value.GetString()!;
        if (name.Length == 0)
        {
            throw tool.Missing("name", FieldType.String);
        }

        _ = (tool.FindText("description"), tool.FindObject("parameters"), tool.FindFlag("strict"));
        var isDeferred = ToolSearch.IsDeferred(tool) && _search is not null;
        var mustBeLoaded = isDeferred && ToolSearch.RunsOnClient(_search!.Value) && !isLoaded;
        var client = new ClientTool(space?.Text("name").Value.GetString(), name, tool.Type == "custom")
        {
            IsEncrypted = IsEncrypted(tool),
            SearchOutput = isDeferred && !ToolSearch.RunsOnClient(_search!.Value) ? ToolSearch.OutputOf(space, tool) : null,
        };
        if (isLoaded && _deferred.Remove(ToolNames.Join(client.Namespace, name)))
        {
            _functions.Add((ToolNames.Join(client.Namespace, name), tool));
        }
        else if (!AddFunction(client, tool, mustBeLoaded) && !_mayRepeat)
        {
            throw tool.Invalid("name", "another tool has the same name");
        }
    }

    // Codex marks the texts for other agents: https://github.com/openai/codex/issues/33551
    private static bool IsEncrypted(RequestItem tool) =>
        tool.FindObject("parameters")?.Find("properties") is { Value.ValueKind: JsonValueKind.Object } properties
        && properties.Members().Any(static member => member.Value.Find("encrypted") is { Value.ValueKind: JsonValueKind.True });

    private bool AddFunction(ClientTool client, RequestItem tool, bool mustBeLoaded = false)
    {
        if (Names.Add(client) is not { } function)
        {
            return false;
        }

        if (mustBeLoaded)
        {
            _deferred.Add(function);
            _searchable.Add((ToolSearch.PathOf(client.Namespace, client.Name), tool.Name("description")));
        }
        else
        {
            _functions.Add((function, tool));
        }

        return true;
    }
}
