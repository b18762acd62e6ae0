using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// The fields <c>thinking</c> and <c>output_config</c>. Without <c>thinking</c>, and with <c>adaptive</c>, the model thinks as it does by
/// default. <c>enabled</c>, <c>disabled</c> and <c>between_tools</c>, the least that some models accept, become the model's arguments of
/// the chat template. A budget of tokens is passed on if the model has a member for it. New names in these fields have no effect: clients
/// send them before servers know them.
/// </summary>
internal sealed class ThinkingOptions
{
    private const string Arguments = "chat_template_kwargs";

    private readonly string? _effort; // Null for the model's default.
    private readonly JsonObjectItem? _format;
    private readonly bool? _isOn; // Null for the model's default.
    private readonly long? _budget;

    /// <param name="effort">The effort that the conversation sets; null for none.</param>
    /// <exception cref="ErrorResponseException">A field is malformed.</exception>
    public ThinkingOptions(RequestJson json, string? effort)
    {
        if (Conversation.Find(json, "thinking") is { } field)
        {
            var thinking = new JsonObjectItem(field, "thinking", tag: "");
            _isOn = thinking.Type switch
            {
                "enabled" => true,
                "disabled" or "between_tools" => false,
                _ => null,
            };
            IsOmitted = thinking.FindText("display") is { } display && JsonText.Decode(display.Span) == "omitted";
            _budget = _isOn == true ? thinking.FindNumber("budget_tokens") : null;
        }

        var options = Conversation.Find(json, "output_config") is { } output ? new JsonObjectItem(output, "output_config") : null;
        var general = options?.FindText("effort");
        _effort = effort ?? (general is { } text ? JsonText.Decode(text.Span) : null);
        _format = options?.Find("format") is not null ? options.Object("format")
            : Conversation.Find(json, "output_format") is { } format ? new JsonObjectItem(format, "output_format") // The earlier name.
            : null;
    }

    /// <summary>True if the client does not get the thinking.</summary>
    public bool IsOmitted { get; }

    /// <summary>Writes the members of the chat request, each after a comma.</summary>
    /// <param name="withLimits">False to leave out the budget of the thinking and the format of the output.</param>
    /// <exception cref="ErrorResponseException">A field is malformed.</exception>
    public void WriteTo(ByteBuffer output, Model model, bool withLimits)
    {
        WriteArguments(output, model);
        if (withLimits && _budget is { } budget && model.ThinkingBudget is { } member)
        {
            output.Append(Encoding.ASCII.GetBytes($",\"{member}\":{budget}"));
        }

        if (_effort is "low" or "medium" or "high" or "xhigh" or "max" && ReasoningEfforts.Limit(_effort, model.MaxEffort) is { } effort)
        {
            output.Append(",\"reasoning_effort\":"u8);
            output.Append(JsonText.Quote(effort));
        }

        if (withLimits && _format is { } format)
        {
            var schema = format.Type != "json_schema" ? throw format.Unsupported("type", ["json_schema"])
                : format.Find("schema") is { IsObject: true } value ? value
                : throw format.Missing("schema", FieldType.Object);
            output.Append(
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"output\",\"strict\":true,\"schema\":"u8);
            output.Append(schema.Json.Span);
            output.Append("}}"u8);
        }
    }

    // Keeps the arguments that are the model's defaults.
    private void WriteArguments(ByteBuffer output, Model model)
    {
        if (_isOn is not { } isOn || model.ThinkingArguments.Count == 0)
        {
            return;
        }

        var defaults = model.Defaults.FirstOrDefault(pair => pair.Key == Arguments).Value;
        var editor = new RequestEditor(RequestJson.TryParse(defaults ?? "{}"u8.ToArray()) ?? RequestJson.TryParse("{}"u8.ToArray())!);
        foreach (var name in model.ThinkingArguments)
        {
            editor.Set(name, isOn ? "true"u8 : "false"u8);
        }

        output.Append(",\"chat_template_kwargs\":"u8);
        foreach (var piece in editor.Apply())
        {
            output.Append(piece.Span);
        }
    }
}
