using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// Calls of OpenAI's tools that run on the client: <c>local_shell</c>, <c>shell</c> and <c>apply_patch</c>. In the history they become
/// calls of functions with the same names. Source: https://platform.openai.com/docs/guides/tools-shell
/// </summary>
internal static class BuiltInCalls
{
    private const string Call = "_call";

    public static bool IsCall(string type) => type is "local_shell_call" or "shell_call" or "apply_patch_call";

    public static bool IsOutput(string type) =>
        type is "local_shell_call_output" or "shell_call_output" or "apply_patch_call_output";

    /// <summary>True for a tool of OpenAI's that runs on the client. A shell can also run in a container of OpenAI's servers.</summary>
    public static bool RunsOnClient(RequestItem tool) =>
        tool.Type is "local_shell" or "apply_patch" or "computer" or "computer_use_preview"
        || (tool.Type == "shell" && tool.Find("environment")?.Type is null or "" or "local");

    /// <summary>The name of the tool of a call.</summary>
    public static string NameOf(string type) => type[..^Call.Length];

    /// <summary>The arguments of the call, as the JSON string of a chat completion request.</summary>
    public static byte[] ArgumentsOf(RequestItem call) => ToolJson.Arguments(call.FindObject("action") ?? call.FindObject("operation"));

    /// <summary>The result of the call, escaped as in JSON. A result that is not a string is written as JSON.</summary>
    public static ReadOnlySpan<byte> ResultOf(RequestItem output) =>
        output.Find("output") is not { } result ? (output.FindText("status") is { } status ? status.Escaped : default)
        : result.Value.ValueKind == JsonValueKind.String ? result.Escaped
        : Escape(result);

    /// <summary>The id of the call; null for none. Outputs of <c>local_shell</c> have it as their <c>id</c>.</summary>
    public static RequestItem? FindId(RequestItem item) => item.FindText("call_id") ?? item.FindText("id");

    private static ReadOnlySpan<byte> Escape(RequestItem value) =>
        JsonEncodedText.Encode(value.Raw, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
}
