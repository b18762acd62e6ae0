using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The member <c>tool_choice</c> of a request. A choice that requires a tool that the model does not get is rejected: the tool runs on
/// OpenAI's servers, or a tool search has not loaded it. Source: https://platform.openai.com/docs/api-reference/responses/create
/// </summary>
internal sealed class ToolChoice
{
    private static readonly string[] Modes = ["none", "auto", "required"];

    private readonly ToolList _tools;
    private readonly HashSet<string>? _allowed; // The functions that the choice allows; null for all.

    /// <param name="root">The request body.</param>
    /// <param name="tools">The tools of the request.</param>
    /// <exception cref="ErrorResponseException">The choice is malformed, or requires a tool that the model does not get.</exception>
    public ToolChoice(RequestItem root, ToolList tools)
    {
        _tools = tools;
        if (root.Find("tool_choice") is not { } choice)
        {
            return;
        }

        if (choice.Value.ValueKind == JsonValueKind.String)
        {
            Value = Modes.Contains(choice.Value.GetString()) ? choice.Raw.ToArray() : throw root.Unsupported("tool_choice", Modes);
            RequireTools(choice);
            return;
        }

        choice.Expect(FieldType.ToolChoice);
        (Value, _allowed) = choice.Type switch
        {
            "function" or "custom" => (OneFunction(FunctionOf(choice)), null),
            "allowed_tools" => (ModeOf(choice), ReadAllowed(choice)),
            _ => throw choice.Unsupported(
                "type", ["function", "custom", "allowed_tools"], "Tools that run on OpenAI's servers are not supported."),
        };
    }

    /// <summary>The choice for the model server: raw JSON; empty if the request has none.</summary>
    public byte[] Value { get; } = [];

    /// <summary>True if the model gets this function.</summary>
    public bool Allows(string function) => _allowed?.Contains(function) != false;

    private static byte[] OneFunction(string name) =>
        [.. "{\"type\":\"function\",\"function\":{\"name\":"u8, .. JsonText.Quote(name), .. "}}"u8];

    private static byte[] ModeOf(RequestItem choice) => choice.FindText("mode") is not { } mode ? "\"auto\""u8.ToArray()
        : Modes.Contains(mode.Value.GetString()) ? mode.Raw.ToArray()
        : throw choice.Unsupported("mode", Modes);

    private HashSet<string> ReadAllowed(RequestItem choice)
    {
        HashSet<string> allowed = [.. choice.List("tools").Where(tool => tool.Type is "function" or "custom").Select(FunctionOf)];
        return allowed.Count > 0 ? allowed
            : throw (choice.Find("tools") is null
                ? choice.Missing("tools", FieldType.Objects)
                : choice.Invalid("tools", "at least one tool must run on the client"));
    }

    private string FunctionOf(RequestItem choice)
    {
        var name = ToolNames.Join(choice.FindText("namespace")?.Value.GetString(), choice.Text("name").Value.GetString()!);
        return _tools.Contains(name) ? name : throw choice.Invalid("name", "the request has no tool with this name");
    }

    // Without tools, the request is only rejected if it requires a call.
    private void RequireTools(RequestItem choice)
    {
        if (_tools.IsEmpty && choice.Value.GetString() == "required")
        {
            throw choice.Invalid("a call is required, but the request has no tool that the client runs");
        }
    }
}
