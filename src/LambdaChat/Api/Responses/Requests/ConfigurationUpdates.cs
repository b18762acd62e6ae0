using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The items <c>configuration_update</c> of a conversation. "Each setting stays in effect until a later update replaces that setting", so
/// the last ones take the place of the request's own settings. Source: openai/openai-node <c>src/resources/responses/responses.ts</c>
/// </summary>
internal sealed class ConfigurationUpdates
{
    private const string Type = "configuration_update";

    /// <param name="history">The items before the input; null for none.</param>
    /// <exception cref="ErrorResponseException">A setting has a wrong type.</exception>
    public ConfigurationUpdates(RequestItem root, RequestItem? history)
    {
        Add(history);
        Add(root.Find("input"));
    }

    /// <summary>The last object <c>text.format</c>; null for none.</summary>
    public RequestItem? Format { get; private set; }

    /// <summary>The last text <c>reasoning.effort</c>; null for none.</summary>
    public RequestItem? Effort { get; private set; }

    private void Add(RequestItem? input)
    {
        if (input is not { Value.ValueKind: JsonValueKind.Array } items)
        {
            return;
        }

        foreach (var item in items.Elements().Where(static item => item.Type == Type))
        {
            Format = item.FindObject("text")?.FindObject("format") ?? Format;
            Effort = item.FindObject("reasoning")?.FindText("effort") ?? Effort;
        }
    }
}
