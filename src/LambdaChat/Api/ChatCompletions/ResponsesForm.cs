using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>
/// Refuses chat completion requests that have members in the form of the Responses API, as Cursor sends them. Model servers refuse them,
/// too, with errors that do not name the cause. Source: https://docs.litellm.ai/docs/tutorials/cursor_integration
/// </summary>
internal static class ResponsesForm
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestValidator.MaximumDepth };

    /// <summary>What a request without messages lacks.</summary>
    public static string ExpectedMessages(RequestJson json) => json.Find("input") is null
        ? "an array of at least one message"
        : "an array of at least one message. A body with `input` is a request of the Responses API: send it to /v1/responses";

    /// <exception cref="ErrorResponseException">A tool is custom, or is a function in the form of the Responses API.</exception>
    public static void CheckTools(RequestJson json)
    {
        if (json.Find("tools") is not { Type: JsonTokenType.StartArray } tools)
        {
            return;
        }

        var reader = new Utf8JsonReader(json.Value(tools), Options);
        reader.Read();
        for (var i = 0; reader.Read() && reader.TokenType == JsonTokenType.StartObject; i++)
        {
            CheckTool(ref reader, i);
        }
    }

    // Ends at the end of the tool. Other types are tools of model servers.
    private static void CheckTool(ref Utf8JsonReader reader, int index)
    {
        var (isOther, isCustom, hasFunction, hasName) = (false, false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            hasFunction |= reader.ValueTextEquals("function"u8);
            hasName |= reader.ValueTextEquals("name"u8);
            reader.Read();
            isCustom |= isType && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("custom"u8);
            isOther |= isType && reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals("function"u8);
            reader.Skip();
        }

        if (isCustom)
        {
            throw new ErrorResponseException(FieldErrors.Unsupported(
                $"tools[{index}].type", "custom", ["function"],
                "Custom tools are supported by the Responses API: send the request to /v1/responses."));
        }

        if (!isOther && !hasFunction && hasName)
        {
            throw new ErrorResponseException(FieldErrors.Missing(
                $"tools[{index}].function",
                "an object. A tool with its name beside its type is one of the Responses API: send the request to /v1/responses"));
        }
    }
}
