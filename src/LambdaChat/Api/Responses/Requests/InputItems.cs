using System.Text.Json;
using LambdaChat.Api.Requests;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>Writes the input of a request as items in the form in which OpenAI returns them: messages have a type and parts.</summary>
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
