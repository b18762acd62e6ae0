using System.Buffers;
using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Json;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The tool <c>tool_search</c>, which loads deferred tools. If the client runs it, the model gets it as a function, and a deferred tool
/// only after the client has loaded it. If OpenAI's servers would run it, the model gets all tools from the start.
/// Source: https://platform.openai.com/docs/guides/tools-tool-search
/// </summary>
internal static class ToolSearch
{
    /// <summary>The type of the tool, and the name of its function.</summary>
    public const string Tool = "tool_search";

    public const string Call = "tool_search_call";

    /// <summary>The type of an item with the tools that a search has found.</summary>
    public const string Output = "tool_search_output";

    /// <summary>True for a call or an output of a search that the client ran. Others are left out of the messages.</summary>
    public static bool IsOfClient(RequestItem item) =>
        item.Type is Call or Output && item.Find("call_id") is not null && item.Name("execution") != "server";

    /// <summary>True for a search that the client runs.</summary>
    public static bool RunsOnClient(RequestItem tool) => tool.Type == Tool && tool.Name("execution") == "client";

    public static bool IsDeferred(RequestItem tool) => tool.FindFlag("defer_loading") == true;

    /// <summary>The path with which a client loads a tool.</summary>
    public static string PathOf(string? space, string name) => string.IsNullOrEmpty(space) ? name : $"{space}.{name}";

    /// <summary>
    /// Returns the elements of <c>tools</c> of an output that loads this tool, as JSON. They are the same for the request and for the
    /// stored response, which has the tools as clients get them.
    /// </summary>
    public static byte[] OutputOf(RequestItem? space, RequestItem tool)
    {
        if (space is not { } owner)
        {
            var output = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
            {
                ToolWriter.WriteWhole(writer, tool);
            }

            return output.WrittenSpan.ToArray();
        }

        var description = owner.Find("description") is { } text ? [.. ",\"description\":"u8, .. text.Raw] : (byte[])[];
        return [
            .. "{\"type\":\"namespace\",\"name\":"u8, .. owner.Text("name").Raw, .. description,
            .. ",\"tools\":["u8, .. tool.Raw, .. "]}"u8];
    }

    /// <summary>The description of the function: that of the tool, and the tools that it can load.</summary>
    public static string Describe(RequestItem tool, IEnumerable<(string Path, string Description)> deferred)
    {
        var text = new StringBuilder(tool.FindText("description")?.Value.GetString());
        var separator = $"{(text.Length > 0 ? "\n\n" : "")}Tools that can be loaded:";
        foreach (var (path, description) in deferred)
        {
            text.Append(separator).Append("\n- ").Append(path).Append(description.Length > 0 ? ": " : "").Append(description);
            separator = "";
        }

        return text.ToString();
    }

    /// <summary>The first tool search in the tools of a request and of its items; null without one.</summary>
    public static RequestItem? Find(List<RequestItem> owners)
    {
        foreach (var owner in owners)
        {
            foreach (var tool in owner.List("tools").Where(static tool => tool.Type == Tool))
            {
                return tool;
            }
        }

        return null;
    }

    /// <summary>The result of a search for the model, escaped as in JSON: the names of the functions that it may call now.</summary>
    public static byte[] ResultOf(RequestItem output)
    {
        var names = new List<string>();
        foreach (var tool in output.List("tools"))
        {
            names.AddRange(tool.Type == "namespace"
                ? tool.List("tools").Select(inner => ToolNames.Join(tool.Name("name"), inner.Name("name")))
                : [tool.Name("name")]);
        }

        var list = string.Join(", ", names.Where(static name => name.Length > 0));
        return JsonText.Quote(list.Length > 0 ? $"Loaded tools: {list}" : "No tools were found.")[1..^1];
    }

    /// <summary>The arguments of a call as a JSON value on one line; those that are not an object are a string.</summary>
    /// <param name="escaped">The arguments, escaped as in JSON.</param>
    public static byte[] ArgumentsOf(ReadOnlySpan<byte> escaped)
    {
        var text = JsonText.Decode(escaped);
        return string.IsNullOrWhiteSpace(text) ? [.. "{}"u8]
            : ToolJson.IsObject(Encoding.UTF8.GetBytes(text)) ? OnOneLine(text)
            : JsonText.Quote(text);
    }

    // Without line breaks between the tokens, which would end the line of an event.
    private static byte[] OnOneLine(string text)
    {
        var json = Encoding.UTF8.GetBytes(text);
        JsonText.ReplaceLoneSurrogates(json);
        return json[..JsonMinifier.MinifyInPlace(json)];
    }
}
