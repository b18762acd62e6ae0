using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>A tool as the client knows it.</summary>
/// <param name="Namespace">Null for a tool without a namespace.</param>
/// <param name="IsCustom">True if its input is a text instead of JSON.</param>
internal sealed record ClientTool(string? Namespace, string Name, bool IsCustom)
{
    /// <summary>True for <c>tool_search</c>, if the client runs it.</summary>
    public bool IsSearch { get; init; }

    /// <summary>
    /// True if OpenAI's servers would encrypt an argument of the function. Clients read the arguments as plain text only if the call says
    /// that none is encrypted.
    /// </summary>
    public bool IsEncrypted { get; init; }

    /// <summary>
    /// The tool in the form of a search's output, as JSON; null for a tool that needs no search. Clients refuse the call of a deferred tool
    /// that no search has loaded.
    /// </summary>
    public byte[]? SearchOutput { get; init; }
}

/// <summary>
/// The names of the functions that the model server receives for the client's tools: it knows neither namespaces nor custom tools.
/// </summary>
internal sealed class ToolNames
{
    private const int MaximumLength = 64; // OpenAI's limit, which model servers share.

    private readonly Dictionary<string, ClientTool> _tools = new(StringComparer.Ordinal);

    public int Count => _tools.Count;

    /// <summary>Adds a tool and returns the name of its function; null if there is a tool with the name.</summary>
    public string? Add(ClientTool tool)
    {
        var name = Join(tool.Namespace, tool.Name);
        return _tools.TryAdd(name, tool) ? name : null;
    }

    /// <summary>Returns the tool of a function that the model calls. A name that the model invented is returned unchanged.</summary>
    public ClientTool Find(string function) => _tools.GetValueOrDefault(function) ?? new ClientTool(null, function, IsCustom: false);

    /// <summary>True if a function has this name.</summary>
    public bool Contains(string function) => _tools.ContainsKey(function);

    /// <summary>Returns the name of the function of a tool. A namespace with the name <c>functions</c> is the top level.</summary>
    public static string Join(string? space, string name)
    {
        if (space is null or "" or "functions")
        {
            return name;
        }

        var joined = $"{space}__{name}";
        return joined.Length <= MaximumLength
            ? joined
            : $"{joined[..(MaximumLength - 9)]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(joined)))[..8]}";
    }
}
