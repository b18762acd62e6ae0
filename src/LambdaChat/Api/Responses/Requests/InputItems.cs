using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The items of an input: what their types mean, and how they are written in the form in which OpenAI returns them, where messages have a
/// type and parts.
/// </summary>
internal static class InputItems
{
    /// <summary>The type of a reference to a stored item.</summary>
    public const string Reference = "item_reference";

    /// <summary>The type of an item with tools, which Codex sends in place of the list of tools.</summary>
    public const string Tools = "additional_tools";

    /// <summary>Returns the type of an item. Messages and references may omit it; empty if it is missing or not a string.</summary>
    public static string TypeOf(RequestItem item) =>
        item.Find("type") is not null ? item.Type
        : item.Find("role") is not null ? "message"
        : item.Find("id") is not null ? Reference
        : "";

    /// <summary>Returns the id of the call to which an output belongs; null for another item.</summary>
    public static string? FindAnsweredCall(RequestItem item) =>
        TypeOf(item) is var type && (type is "function_call_output" or "custom_tool_call_output" || BuiltInCalls.IsOutput(type))
            ? item.Name("call_id") is { Length: > 0 } id ? id : item.Name("id")
            : null;

    /// <summary>
    /// True if the reply ended inside the arguments of this call. The client cannot have run the tool, and model servers reject such
    /// arguments.
    /// </summary>
    public static bool IsCutCall(RequestItem item) =>
        item.Type is "function_call" or "custom_tool_call" && item.FindText("status") is { } status
        && status.Escaped.SequenceEqual("incomplete"u8) && !HasCompleteArguments(item);

    /// <summary>Writes the items into an array.</summary>
    /// <param name="input">A string, or an array of items.</param>
    /// <param name="stored">The items to which the input refers.</param>
    public static void Write(Utf8JsonWriter writer, RequestItem input, IStoredItems stored)
    {
        if (input.Value.ValueKind == JsonValueKind.String)
        {
            WriteMessage(writer, default, "user", input);
            return;
        }

        foreach (var item in input.Elements())
        {
            var type = TypeOf(item);
            if (type == "message" && item.Find("role") is { Value.ValueKind: JsonValueKind.String } && item.Find("content") is { } content)
            {
                WriteMessage(writer, item, item.Text("role").Value.GetString()!, content);
            }
            else if (type == Reference)
            {
                if (stored.Find(item.Text("id").Value.GetString()!) is { } referenced)
                {
                    referenced.WriteTo(writer);
                }
            }
            else
            {
                writer.WriteRawValue(item.Raw, skipInputValidation: true);
            }
        }
    }

    // The reply may have ended directly after complete arguments.
    private static bool HasCompleteArguments(RequestItem item)
    {
        if (item.FindText("arguments") is not { Escaped.IsEmpty: false } arguments)
        {
            return false;
        }

        var progress = new JsonProgress();
        progress.Add(arguments.Escaped);
        return progress.IsComplete;
    }

    private static void WriteMessage(Utf8JsonWriter writer, RequestItem item, string role, RequestItem content)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        if (item.Find("id") is { } id)
        {
            writer.WritePropertyName("id"u8);
            writer.WriteRawValue(id.Raw, skipInputValidation: true);
        }

        writer.WriteString("role"u8, role);
        writer.WritePropertyName("content"u8);
        if (content.Value.ValueKind == JsonValueKind.String)
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("type"u8, role == "assistant" ? "output_text"u8 : "input_text"u8);
            writer.WritePropertyName("text"u8);
            writer.WriteRawValue(content.Raw, skipInputValidation: true);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteRawValue(content.Raw, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
