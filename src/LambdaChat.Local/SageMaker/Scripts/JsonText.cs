using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>Writes JSON in the formats of Python servers.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Pydantic's format: no spaces, and only the required characters are escaped.</summary>
    public static string ToText(this JsonNode node) => node.ToJsonString(Options);

    /// <summary>
    /// The default format of <c>json.dumps</c>: spaces after commas and colons, and escapes for all non-ASCII characters.
    /// </summary>
    public static string ToPythonText(this JsonNode node) => Escape(Write(node));

    private static string Write(JsonNode? node) => node switch
    {
        JsonObject members =>
            "{" + string.Join(
                ", ", members.Select(static member => $"{JsonValue.Create(member.Key).ToText()}: {Write(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(", ", items.Select(Write)) + "]",
        _ => node?.ToText() ?? "null",
    };

    // Non-ASCII characters occur in strings only.
    private static string Escape(string json)
    {
        var text = new StringBuilder(json.Length);
        foreach (var character in json)
        {
            _ = char.IsAscii(character) ? text.Append(character) : text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return text.ToString();
    }
}
