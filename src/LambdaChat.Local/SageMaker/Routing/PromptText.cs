using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>
/// The prompt of a request as a chat template writes it: the tools, then the messages. The order and the formatting of the body's members
/// are not part of it.
/// </summary>
internal static class PromptText
{
    /// <summary>The prompt that the model server caches.</summary>
    public static byte[] Render(EmulatorRequest request)
    {
        var text = new StringBuilder(request.Root["tools"]?.ToJsonString());
        foreach (var message in Messages(request))
        {
            text.Append("<|").Append(message["role"]).Append("|>").Append(TextOf(message["reasoning_content"]))
                .Append(TextOf(message["content"])).Append(message["tool_calls"]?.ToJsonString()).Append('\n');
        }

        if (request.Kind is BodyKind.Completion)
        {
            text.AppendJoin('\n', request.Questions);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The text of the messages, which SageMaker compares on its OpenAI route.</summary>
    public static byte[] TextOfMessages(EmulatorRequest request) =>
        Encoding.UTF8.GetBytes(string.Concat(Messages(request).Select(message => TextOf(message["content"]))));

    private static IEnumerable<JsonObject> Messages(EmulatorRequest request) =>
        (request.Root["messages"] as JsonArray)?.OfType<JsonObject>() ?? [];

    private static string TextOf(JsonNode? node) => node switch
    {
        JsonArray parts => string.Concat(parts.Select(part => part?.ToJsonString())),
        null => "",
        _ => node.ToString(),
    };
}
