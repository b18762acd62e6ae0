using System.Runtime.InteropServices;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
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

    private const string OutputText = "output_text";

    /// <summary>Returns the type of an item. Messages and references may omit it; empty if it is missing or not a string.</summary>
    public static string TypeOf(RequestItem item) =>
        item.Find("type") is not null ? item.Type
        : item.Find("role") is not null ? "message"
        : item.Find("id") is not null ? Reference
        : "";

    /// <summary>True for a call of a tool that runs on the client.</summary>
    public static bool IsCall(RequestItem item) =>
        item.Type is "function_call" or "custom_tool_call" || BuiltInCalls.IsCall(item.Type)
        || (item.Type == ToolSearch.Call && ToolSearch.IsOfClient(item));

    /// <summary>True for the result of a call.</summary>
    public static bool IsOutput(RequestItem item) =>
        item.Type is "function_call_output" or "custom_tool_call_output" || BuiltInCalls.IsOutput(item.Type)
        || (item.Type == ToolSearch.Output && ToolSearch.IsOfClient(item));

    /// <summary>The id of a call.</summary>
    /// <exception cref="ErrorResponseException">The call has none.</exception>
    public static string CallIdOf(RequestItem call) =>
        (BuiltInCalls.IsCall(call.Type) ? BuiltInCalls.FindId(call) ?? call.Text("call_id") : call.Text("call_id")).Value.GetString()!;

    /// <summary>
    /// The id of the call to which an output belongs; null for none. Codex Desktop sends the tasks of other threads as outputs without a
    /// call: https://github.com/openai/codex/issues/42088
    /// </summary>
    /// <exception cref="ErrorResponseException">The id is not a string.</exception>
    public static string? FindCallId(RequestItem output) =>
        (BuiltInCalls.IsOutput(output.Type) ? BuiltInCalls.FindId(output) : output.FindText("call_id"))?.Value.GetString();

    /// <summary>
    /// Returns the stored item to which an item refers, or else the item itself. A reference to reasoning that is not stored stays, and is
    /// left out later: only the reasoning is lost.
    /// </summary>
    /// <exception cref="ErrorResponseException">There is no such item.</exception>
    public static RequestItem Resolve(RequestItem item, IStoredItems? stored)
    {
        if (TypeOf(item) != Reference)
        {
            return item;
        }

        var id = item.Text("id");
        return stored?.Find(id.Value.GetString()!) is { } found ? new RequestItem(found, item.Path)
            : id.Escaped.StartsWith("rs_"u8) ? item
            : throw new ErrorResponseException(ApiError.BadRequest(
                $"Item with id '{Excerpt.Of(item.Name("id"))}' not found. Set `store` to false and send the item itself.", item.Path));
    }

    /// <summary>
    /// True if the reply ended inside the arguments of this call. The client cannot have run the tool, and model servers reject such
    /// arguments.
    /// </summary>
    public static bool IsCutCall(RequestItem item) =>
        item.Type is "function_call" or "custom_tool_call" or ToolSearch.Call && item.FindText("status") is { } status
        && status.Escaped.SequenceEqual("incomplete"u8) && !HasCompleteArguments(item);

    /// <summary>Writes the items into an array, without those of the history.</summary>
    /// <param name="input">A string, or an array of items.</param>
    /// <param name="stored">The items to which the input refers.</param>
    public static void Write(Utf8JsonWriter writer, RequestItem input, IStoredItems stored, HistoryItems history)
    {
        if (input.Value.ValueKind == JsonValueKind.String)
        {
            WriteMessage(writer, default, "user", input);
            return;
        }

        foreach (var item in input.Elements().Where(item => !history.Has(item)))
        {
            var type = TypeOf(item);
            if (type == "message" && item.Find("role") is { Value.ValueKind: JsonValueKind.String } && item.Find("content") is { } content)
            {
                WriteMessage(writer, item, item.Text("role").Value.GetString()!, content);
            }
            else if (type == Reference)
            {
                if (stored.Find(item.Text("id").Value.GetString()!) is { } referenced
                    && !history.Has(new RequestItem(referenced, item.Path)))
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
        if (item.Find("arguments") is not { Value.ValueKind: JsonValueKind.String } arguments)
        {
            return item.Find("arguments") is { Value.ValueKind: JsonValueKind.Object }; // Of a tool search.
        }

        var progress = new JsonProgress();
        progress.Add(arguments.Escaped);
        return progress.IsComplete;
    }

    // Other members, such as `phase`, stay. Clients read the status of an assistant's message, and the annotations of its texts.
    private static void WriteMessage(Utf8JsonWriter writer, RequestItem item, string role, RequestItem content)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        WriteMembers(writer, item, ["type", "role", "content"]);
        writer.WriteString("role"u8, role);
        if (role == "assistant" && item.Find("status") is null)
        {
            writer.WriteString("status"u8, "completed"u8);
        }

        writer.WriteStartArray("content"u8);
        if (content.Value.ValueKind == JsonValueKind.String)
        {
            WriteText(writer, default, role == "assistant" ? OutputText : "input_text", content);
        }
        else
        {
            foreach (var part in content.Elements())
            {
                WritePart(writer, part);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, RequestItem part)
    {
        if (part.Type == OutputText && part.Find("text") is { } text && part.Find("annotations") is null)
        {
            WriteText(writer, part, OutputText, text);
        }
        else
        {
            writer.WriteRawValue(part.Raw, skipInputValidation: true);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, RequestItem part, string type, RequestItem text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WritePropertyName("text"u8);
        writer.WriteRawValue(text.Raw, skipInputValidation: true);
        if (type == OutputText)
        {
            writer.WriteStartArray("annotations"u8);
            writer.WriteEndArray();
        }

        WriteMembers(writer, part, ["type", "text", "annotations"]);
        writer.WriteEndObject();
    }

    // Writes the members of an object as they came, except some, and without those that are null.
    private static void WriteMembers(Utf8JsonWriter writer, RequestItem item, ReadOnlySpan<string> except)
    {
        if (item.Value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in item.Value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !except.Contains(member.Name))
            {
                writer.WritePropertyName(JsonMarshal.GetRawUtf8PropertyName(member));
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
            }
        }
    }
}
