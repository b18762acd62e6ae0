using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Tasks;

/// <summary>
/// The embeddings of the <c>input</c> texts, or of the last user message of a chat: a small vector that depends on the text only.
/// </summary>
internal static class Embeddings
{
    private const int Dimensions = 8;

    public static JsonNode Create(ModelReply reply)
    {
        var request = reply.Request;
        var texts = request.Root["input"] is null ? request.Questions : request.Texts("input");
        var asBase64 = request.EncodingFormat == "base64"; // The default of OpenAI's clients.
        var tokens = texts.Sum(static text => Script.Split(text).Count);
        return new JsonObject
        {
            ["id"] = $"embd-{reply.Id}",
            ["object"] = "list",
            ["created"] = reply.Created,
            ["model"] = request.Model,
            ["data"] = new JsonArray([.. texts.Select((text, index) => new JsonObject
            {
                ["index"] = index,
                ["object"] = "embedding",
                ["embedding"] = asBase64
                    ? Convert.ToBase64String(MemoryMarshal.AsBytes<float>(Vector(text)))
                    : new JsonArray([.. Vector(text).Select(static value => JsonValue.Create(value))]),
            })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens, ["completion_tokens"] = 0 },
        };
    }

    /// <summary>Numbers from -1 to 1 that JSON represents exactly.</summary>
    public static float[] Vector(string text) =>
        [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(Dimensions).Select(static value => (value - 128) / 128f)];
}
