using System.Text.Json;
using LambdaChat.Api.Requests;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>Writes a tool as a function of a chat completion request.</summary>
internal static class ToolWriter
{
    /// <summary>The argument of the function for a custom tool.</summary>
    public const string CustomArgument = "input";

    /// <param name="searchable">The tools that the client's tool search can load.</param>
    public static void Write(
        Utf8JsonWriter writer, string function, RequestItem tool, IEnumerable<(string Path, string Description)> searchable)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, function);
        if (tool.Type == "custom")
        {
            WriteCustom(writer, tool);
        }
        else if (tool.Type == ToolSearch.Tool)
        {
            writer.WriteString("description"u8, ToolSearch.Describe(tool, searchable));
            WriteMember(writer, tool, "parameters");
        }
        else
        {
            WriteMember(writer, tool, "description");
            WriteMember(writer, tool, "parameters");
            WriteMember(writer, tool, "strict");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>
    /// Writes a tool for the client. A function has all its members: clients demand them, also where the request leaves them out.
    /// </summary>
    public static void WriteWhole(Utf8JsonWriter writer, RequestItem tool)
    {
        writer.WriteStartObject();
        foreach (var member in tool.Value.EnumerateObject())
        {
            member.WriteTo(writer);
        }

        foreach (var name in tool.Type == "function" ? (ReadOnlySpan<string>)["description", "parameters", "strict"] : [])
        {
            if (!tool.Value.TryGetProperty(name, out _))
            {
                writer.WriteNull(name);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Copies a member, if it is there and not null.</summary>
    public static void WriteMember(Utf8JsonWriter writer, RequestItem item, string name)
    {
        if (item.Find(name) is { } member)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(member.Raw, skipInputValidation: true);
        }
    }

    // The grammar cannot be enforced. The model reads it in the description.
    private static void WriteCustom(Utf8JsonWriter writer, RequestItem tool)
    {
        var description = tool.FindText("description")?.Value.GetString() ?? "";
        if (tool.FindObject("format")?.FindText("definition")?.Value.GetString() is { } grammar)
        {
            description += $"{(description.Length > 0 ? "\n\n" : "")}The input must match this grammar:\n{grammar}";
        }

        writer.WriteString("description"u8, description);
        writer.WritePropertyName("parameters"u8);
        writer.WriteRawValue(
            """{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}""");
    }
}
