using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>Content in the <c>response_format</c> of a request.</summary>
internal static class FormattedContent
{
    /// <summary>Returns JSON for <c>json_object</c> and <c>json_schema</c>, else <paramref name="content"/>.</summary>
    public static string Apply(JsonObject? responseFormat, string content) => responseFormat?["type"]?.ToString() switch
    {
        "json_schema" when responseFormat["json_schema"]?["schema"] is JsonObject schema =>
            (SchemaExample.Create(schema) ?? new JsonObject()).ToText(),
        "json_object" or "json_schema" => new JsonObject { ["answer"] = content }.ToText(),
        _ => content,
    };
}
