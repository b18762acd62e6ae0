using System.Text.Json;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>An error response to a damaged request, in the form of its API.</summary>
internal static class RequestError
{
    // Errors that are not about one field.
    private static readonly string[] General =
    [
        "We could not parse the JSON body of your request (line ", "The request body is not valid JSON: line ", "The request body is not valid UTF-8.",
        "The request body contains a string that is not valid UTF-8.", "The request body must be a JSON object.",
        "A field name in the request body has more than 256 bytes.", "The model `", "This model does not support assistant message prefill.",
        "tool_choice.", "tools: Tool names must be unique.", "Tool '", "Threads are not supported.", "The request body is too large",
    ];

    private static readonly string[] Expectations =
    [
        "xpected", "Supported values are", "should", "must", "required", "not supported", "the request has this field twice", "maximum", "found",
        "range", "needs stored replies", "same name", "no tool", "nested more than", "empty array", "not valid",
    ];

    /// <summary>Checks the form of an error, that it names its field and what it expects, and that it does not repeat a text.</summary>
    public static void Check(string api, DamagedRequest request, int status, string response)
    {
        var (message, path) = api == RequestForms.UiMessages ? (response, PathIn(response))
            : api.StartsWith(RequestForms.Messages, StringComparison.Ordinal) ? OfAnthropic(response)
            : OfOpenAI(response);
        var isOfModel = message.StartsWith("The model `", StringComparison.Ordinal);
        Assert.True(status == 400 || (status == 404 && isOfModel) || status == 413, $"The status is {status}.");
        Assert.DoesNotContain(GeneratedConversation.Start, response);
        Assert.InRange(message.Length, 1, 600);
        if (Array.Exists(General, text => message.StartsWith(text, StringComparison.Ordinal))
            || message.Contains("immediately after", StringComparison.Ordinal)) // Names the call, and not the result that is missing.
        {
            return;
        }

        Assert.True(path is { Length: > 0 }, "The error names no field.");
        Assert.Contains(Expectations, text => message.Contains(text, StringComparison.Ordinal));
        Assert.True(IsRelated(path, request.Path), $"The error names {path}.");
    }

    private static (string Message, string? Path) OfOpenAI(string response)
    {
        using var json = JsonDocument.Parse(response);
        Assert.Equal(["error"], json.RootElement.EnumerateObject().Select(static member => member.Name));
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        return (error.GetProperty("message").GetString()!, error.GetProperty("param").GetString());
    }

    private static (string Message, string? Path) OfAnthropic(string response)
    {
        using var json = JsonDocument.Parse(response);
        Assert.Equal(["type", "error", "request_id"], json.RootElement.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("error", json.RootElement.GetProperty("type").GetString());
        var error = json.RootElement.GetProperty("error");
        Assert.Contains(error.GetProperty("type").GetString(),
            (string[])["invalid_request_error", "not_found_error", "request_too_large"]);
        var message = error.GetProperty("message").GetString()!;
        return (message, message.Split(": ")[0]);
    }

    // A sentence names its field in quotes.
    private static string? PathIn(string text) => text.IndexOf("arameter: '", StringComparison.Ordinal) is >= 0 and var parameter
        ? text[(parameter + "arameter: '".Length)..].Split('\'')[0]
        : text.Split('\'') is [_, var first, ..] ? first : null;

    // The field itself, an object that has it, or a field in it. In Anthropic's paths, objects of a union have their tag.
    private static bool IsRelated(string path, string damaged)
    {
        var (names, expected) = (Split(path), Split(damaged));
        var common = 0;
        foreach (var name in names)
        {
            if (common == expected.Length || name.EndsWith('…'))
            {
                return true;
            }

            common += name == expected[common] ? 1 : 0;
        }

        // A type decides which fields its object needs, an id may be one, and a choice needs its tool.
        var isOfType = expected is [.., "type" or "role" or "state" or "id"];
        var isOther = (names[0] == "tool_choice" && expected is ["tools" or "input", ..]) || (path == "model" && expected is ["config", ..]);
        return damaged.Length == 0 || isOther || common == expected.Length || (common > 0 && common >= expected.Length - (isOfType ? 1 : 0))
            || (common > 0 && common == names.Length);
    }

    private static string[] Split(string path) =>
        path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
}
