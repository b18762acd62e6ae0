using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Scripts;

/// <summary>Writes JSON like Python servers do: only the required characters are escaped.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToText(this JsonNode node) => node.ToJsonString(Options);
}
